-- A supplier's application for admission: the county recommends, the platform decides.
CREATE TABLE supplier_applications (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL REFERENCES organisations (id),
    region_code TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('submitted', 'recommended', 'admitted', 'refused')),
    statement TEXT NOT NULL,
    -- JSON list of file ids.
    files TEXT NOT NULL,
    submitted_by BLOB NOT NULL,
    submitted_at BIGINT NOT NULL,
    submitted_day TEXT NOT NULL,
    version BIGINT NOT NULL
);
-- One that is open or admitted keeps out a second.
CREATE UNIQUE INDEX supplier_applications_one ON supplier_applications (org_id) WHERE status IN ('submitted', 'recommended', 'admitted');
CREATE INDEX supplier_applications_org ON supplier_applications (org_id, id);
CREATE INDEX supplier_applications_region ON supplier_applications (region_code, id);
CREATE INDEX supplier_applications_status ON supplier_applications (status, id);

-- Who decided what, kept for ever.
CREATE TABLE supplier_decisions (
    id BLOB NOT NULL PRIMARY KEY,
    application_id BLOB NOT NULL REFERENCES supplier_applications (id),
    step TEXT NOT NULL CHECK (step IN ('recommendation', 'review')),
    decision TEXT NOT NULL CHECK (decision IN ('accept', 'refuse')),
    reason_code TEXT,
    opinion TEXT,
    decided_by BLOB NOT NULL,
    decided_for BLOB NOT NULL REFERENCES organisations (id),
    decided_at BIGINT NOT NULL,
    decided_day TEXT NOT NULL,
    UNIQUE (application_id, step),
    CHECK (decision = 'accept' OR reason_code IS NOT NULL)
);

-- What a producer lets an agent trader sell, on days valid_from..valid_until, both included.
CREATE TABLE mandates (
    id BLOB NOT NULL PRIMARY KEY,
    producer_id BLOB NOT NULL REFERENCES organisations (id),
    agent_id BLOB NOT NULL REFERENCES organisations (id),
    region_code TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    file_id BLOB,
    -- Revoked from this day on; an empty text is never.
    revoked_from TEXT NOT NULL,
    created_by BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CHECK (producer_id <> agent_id),
    CHECK (valid_from <= valid_until)
);
CREATE INDEX mandates_producer ON mandates (producer_id, id);
CREATE INDEX mandates_agent ON mandates (agent_id, id);

-- The products that a mandate names.
CREATE TABLE mandate_products (
    mandate_id BLOB NOT NULL REFERENCES mandates (id),
    product_id BLOB NOT NULL,
    PRIMARY KEY (mandate_id, product_id)
);
