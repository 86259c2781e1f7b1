-- A supplier's application for admission: the county recommends, the platform decides.
CREATE TABLE supplier_applications (
    id BYTEA NOT NULL PRIMARY KEY,
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    region_code TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('submitted', 'recommended', 'admitted', 'refused')),
    statement TEXT COLLATE "C" NOT NULL,
    -- JSON list of file ids.
    files TEXT COLLATE "C" NOT NULL,
    submitted_by BYTEA NOT NULL,
    submitted_at BIGINT NOT NULL,
    submitted_day TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL
);
-- One that is open or admitted keeps out a second.
CREATE UNIQUE INDEX supplier_applications_one ON supplier_applications (org_id) WHERE status IN ('submitted', 'recommended', 'admitted');
CREATE INDEX supplier_applications_org ON supplier_applications (org_id, id);
CREATE INDEX supplier_applications_region ON supplier_applications (region_code, id);
CREATE INDEX supplier_applications_status ON supplier_applications (status, id);

-- Who decided what, kept for ever.
CREATE TABLE supplier_decisions (
    id BYTEA NOT NULL PRIMARY KEY,
    application_id BYTEA NOT NULL REFERENCES supplier_applications (id),
    step TEXT COLLATE "C" NOT NULL CHECK (step IN ('recommendation', 'review')),
    decision TEXT COLLATE "C" NOT NULL CHECK (decision IN ('accept', 'refuse')),
    reason_code TEXT COLLATE "C",
    opinion TEXT COLLATE "C",
    decided_by BYTEA NOT NULL,
    decided_for BYTEA NOT NULL REFERENCES organisations (id),
    decided_at BIGINT NOT NULL,
    decided_day TEXT COLLATE "C" NOT NULL,
    UNIQUE (application_id, step),
    CHECK (decision = 'accept' OR reason_code IS NOT NULL)
);

-- What a producer lets an agent trader sell, on days valid_from..valid_until, both included.
CREATE TABLE mandates (
    id BYTEA NOT NULL PRIMARY KEY,
    producer_id BYTEA NOT NULL REFERENCES organisations (id),
    agent_id BYTEA NOT NULL REFERENCES organisations (id),
    region_code TEXT COLLATE "C" NOT NULL,
    valid_from TEXT COLLATE "C" NOT NULL,
    valid_until TEXT COLLATE "C" NOT NULL,
    file_id BYTEA,
    -- Revoked from this day on; an empty text is never.
    revoked_from TEXT COLLATE "C" NOT NULL,
    created_by BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CHECK (producer_id <> agent_id),
    CHECK (valid_from <= valid_until)
);
CREATE INDEX mandates_producer ON mandates (producer_id, id);
CREATE INDEX mandates_agent ON mandates (agent_id, id);

-- The products that a mandate names.
CREATE TABLE mandate_products (
    mandate_id BYTEA NOT NULL REFERENCES mandates (id),
    product_id BYTEA NOT NULL,
    PRIMARY KEY (mandate_id, product_id)
);
