-- What a scheme asks, dated: an edition is never changed, a new one follows it. An application keeps the one it was handed in under.
CREATE TABLE certification_scheme_editions (
    scheme_id BLOB NOT NULL REFERENCES certification_schemes (id),
    edition BIGINT NOT NULL CHECK (edition >= 1),
    effective_from TEXT NOT NULL,
    -- JSON.
    steps TEXT NOT NULL,
    kinds TEXT NOT NULL,
    -- Calendar days; the rule table's where none is given.
    validity_days BIGINT CHECK (validity_days > 0),
    renewal_window_days BIGINT CHECK (renewal_window_days >= 0),
    renewal_grace_days BIGINT NOT NULL CHECK (renewal_grace_days >= 0),
    -- The document that says so.
    source TEXT NOT NULL,
    created_by BLOB,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (scheme_id, edition)
);
INSERT INTO certification_scheme_editions (scheme_id, edition, effective_from, steps, kinds, renewal_grace_days, source, created_at)
    SELECT id, 1, valid_from, steps, kinds, renewal_grace_days, '', 0 FROM certification_schemes;

ALTER TABLE certification_schemes DROP COLUMN steps;
ALTER TABLE certification_schemes DROP COLUMN kinds;
ALTER TABLE certification_schemes DROP COLUMN renewal_grace_days;
ALTER TABLE certification_schemes ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE certification_applications ADD COLUMN edition BIGINT NOT NULL DEFAULT 1;
-- The open step is a filing, which passes when its days are over.
ALTER TABLE certification_applications ADD COLUMN lapses BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX certification_applications_lapsing ON certification_applications (lapses, due_on);

-- An opinion may speak against an application without deciding it.
CREATE TABLE certification_reviews_before AS SELECT * FROM certification_reviews;
DROP TABLE certification_reviews;
CREATE TABLE certification_reviews (
    id BLOB NOT NULL PRIMARY KEY,
    application_id BLOB NOT NULL REFERENCES certification_applications (id),
    round BIGINT NOT NULL,
    step BIGINT NOT NULL,
    step_key TEXT NOT NULL,
    office_org BLOB NOT NULL,
    reviewer BLOB NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('approve', 'return', 'reject', 'object')),
    reason_code TEXT,
    opinion TEXT,
    due_on TEXT,
    due_rule_id BLOB,
    decided_at BIGINT NOT NULL
);
INSERT INTO certification_reviews (id, application_id, round, step, step_key, office_org, reviewer, decision, reason_code, opinion, due_on, due_rule_id, decided_at)
    SELECT id, application_id, round, step, step_key, office_org, reviewer, decision, reason_code, opinion, due_on, due_rule_id, decided_at
    FROM certification_reviews_before;
DROP TABLE certification_reviews_before;
CREATE INDEX certification_reviews_application ON certification_reviews (application_id, id);
