-- What about purchases the auditor looks at. The numbers and words are those of the day on which it was found and are never
-- changed; of one kind and subject there is one.
CREATE TABLE anomalies (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    -- A line, an order, or what is counted over a year, by their ids.
    subject TEXT NOT NULL,
    order_id BLOB,
    line_id BLOB,
    product_id BLOB,
    -- Whose purchases they are; none where it is about a supplier alone.
    unit_id BLOB REFERENCES organisations (id),
    buyer_id BLOB,
    supplier_id BLOB NOT NULL REFERENCES organisations (id),
    -- The unit's region, or the supplier's where it is about that alone: whose auditors see it.
    region_code TEXT NOT NULL,
    year BIGINT NOT NULL,
    -- The day that it is about, and when it was found.
    day TEXT NOT NULL,
    found_at BIGINT NOT NULL,
    -- What the numbers are; then the one at issue, what it is compared with, the threshold, and how many.
    measure TEXT NOT NULL,
    value BIGINT,
    compared BIGINT,
    threshold BIGINT,
    counted BIGINT,
    -- The rule row of the threshold, and the exception from the separation of duties.
    rule_id BLOB,
    exception_id BLOB,
    -- JSON list of the orders it is made of, where they are several.
    orders TEXT NOT NULL,
    reason_zh TEXT NOT NULL,
    reason_en TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'explained', 'dismissed')),
    decided_by BLOB,
    decided_for BLOB,
    decided_at BIGINT,
    decision_reason TEXT,
    version BIGINT NOT NULL,
    UNIQUE (kind, subject),
    CHECK ((state = 'open') = (decided_by IS NULL))
);
CREATE INDEX anomalies_region ON anomalies (region_code, id);
CREATE INDEX anomalies_unit ON anomalies (unit_id, id);
CREATE INDEX anomalies_state ON anomalies (state, id);

-- How far orders were looked at.
CREATE TABLE anomaly_runs (
    task TEXT NOT NULL PRIMARY KEY CHECK (task IN ('orders')),
    reached_at BIGINT NOT NULL
);
