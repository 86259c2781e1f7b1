-- What about purchases the auditor looks at. The numbers and words are those of the day on which it was found and are never
-- changed; of one kind and subject there is one.
CREATE TABLE anomalies (
    id BYTEA NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    -- A line, an order, or what is counted over a year, by their ids.
    subject TEXT COLLATE "C" NOT NULL,
    order_id BYTEA,
    line_id BYTEA,
    product_id BYTEA,
    -- Whose purchases they are; none where it is about a supplier alone.
    unit_id BYTEA REFERENCES organisations (id),
    buyer_id BYTEA,
    supplier_id BYTEA NOT NULL REFERENCES organisations (id),
    -- The unit's region, or the supplier's where it is about that alone: whose auditors see it.
    region_code TEXT COLLATE "C" NOT NULL,
    year BIGINT NOT NULL,
    -- The day that it is about, and when it was found.
    day TEXT COLLATE "C" NOT NULL,
    found_at BIGINT NOT NULL,
    -- What the numbers are; then the one at issue, what it is compared with, the threshold, and how many.
    measure TEXT COLLATE "C" NOT NULL,
    value BIGINT,
    compared BIGINT,
    threshold BIGINT,
    counted BIGINT,
    -- The rule row of the threshold, and the exception from the separation of duties.
    rule_id BYTEA,
    exception_id BYTEA,
    -- JSON list of the orders it is made of, where they are several.
    orders TEXT COLLATE "C" NOT NULL,
    reason_zh TEXT COLLATE "C" NOT NULL,
    reason_en TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'explained', 'dismissed')),
    decided_by BYTEA,
    decided_for BYTEA,
    decided_at BIGINT,
    decision_reason TEXT COLLATE "C",
    version BIGINT NOT NULL,
    UNIQUE (kind, subject),
    CHECK ((state = 'open') = (decided_by IS NULL))
);
CREATE INDEX anomalies_region ON anomalies (region_code, id);
CREATE INDEX anomalies_unit ON anomalies (unit_id, id);
CREATE INDEX anomalies_state ON anomalies (state, id);

-- How far orders were looked at.
CREATE TABLE anomaly_runs (
    task TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (task IN ('orders')),
    reached_at BIGINT NOT NULL
);
