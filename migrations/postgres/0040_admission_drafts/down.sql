-- Nobody has submitted a draft.
CREATE TABLE supplier_applications_before AS SELECT * FROM supplier_applications WHERE status <> 'draft';
CREATE TABLE supplier_decisions_before AS SELECT * FROM supplier_decisions;
DROP TABLE supplier_decisions;
DROP TABLE supplier_applications;

CREATE TABLE supplier_applications (
    id BYTEA NOT NULL PRIMARY KEY,
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    region_code TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('submitted', 'recommended', 'admitted', 'refused', 'ended')),
    statement TEXT COLLATE "C" NOT NULL,
    -- JSON list of file ids.
    files TEXT COLLATE "C" NOT NULL,
    submitted_by BYTEA NOT NULL,
    submitted_at BIGINT NOT NULL,
    submitted_day TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL
);
INSERT INTO supplier_applications (id, org_id, region_code, status, statement, files, submitted_by, submitted_at, submitted_day, version)
    SELECT id, org_id, region_code, status, statement, files, submitted_by, submitted_at, submitted_day, version FROM supplier_applications_before;
DROP TABLE supplier_applications_before;
-- One that is open or admitted keeps out a second.
CREATE UNIQUE INDEX supplier_applications_one ON supplier_applications (org_id) WHERE status IN ('submitted', 'recommended', 'admitted');
CREATE INDEX supplier_applications_org ON supplier_applications (org_id, id);
CREATE INDEX supplier_applications_region ON supplier_applications (region_code, id);
CREATE INDEX supplier_applications_status ON supplier_applications (status, id);

-- Who decided what, kept for ever.
CREATE TABLE supplier_decisions (
    id BYTEA NOT NULL PRIMARY KEY,
    application_id BYTEA NOT NULL REFERENCES supplier_applications (id),
    step TEXT COLLATE "C" NOT NULL CHECK (step IN ('recommendation', 'review', 'ending')),
    decision TEXT COLLATE "C" NOT NULL CHECK (decision IN ('accept', 'refuse')),
    reason_code TEXT COLLATE "C",
    opinion TEXT COLLATE "C",
    decided_by BYTEA NOT NULL,
    decided_for BYTEA NOT NULL REFERENCES organisations (id),
    decided_at BIGINT NOT NULL,
    decided_day TEXT COLLATE "C" NOT NULL,
    UNIQUE (application_id, step),
    CHECK (decision = 'accept' OR reason_code IS NOT NULL),
    CHECK (step <> 'ending' OR decision = 'refuse')
);
INSERT INTO supplier_decisions (id, application_id, step, decision, reason_code, opinion, decided_by, decided_for, decided_at, decided_day)
    SELECT id, application_id, step, decision, reason_code, opinion, decided_by, decided_for, decided_at, decided_day FROM supplier_decisions_before;
DROP TABLE supplier_decisions_before;
-- Which admissions ended lately.
CREATE INDEX supplier_decisions_ended ON supplier_decisions (decided_at) WHERE step = 'ending';
