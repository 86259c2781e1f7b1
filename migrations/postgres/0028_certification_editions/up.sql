-- What a scheme asks, dated: an edition is never changed, a new one follows it. An application keeps the one it was handed in under.
CREATE TABLE certification_scheme_editions (
    scheme_id BYTEA NOT NULL REFERENCES certification_schemes (id),
    edition BIGINT NOT NULL CHECK (edition >= 1),
    effective_from TEXT COLLATE "C" NOT NULL,
    -- JSON.
    steps TEXT COLLATE "C" NOT NULL,
    kinds TEXT COLLATE "C" NOT NULL,
    -- Calendar days; the rule table's where none is given.
    validity_days BIGINT CHECK (validity_days > 0),
    renewal_window_days BIGINT CHECK (renewal_window_days >= 0),
    renewal_grace_days BIGINT NOT NULL CHECK (renewal_grace_days >= 0),
    -- The document that says so.
    source TEXT COLLATE "C" NOT NULL,
    created_by BYTEA,
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
    id BYTEA NOT NULL PRIMARY KEY,
    application_id BYTEA NOT NULL REFERENCES certification_applications (id),
    round BIGINT NOT NULL,
    step BIGINT NOT NULL,
    step_key TEXT COLLATE "C" NOT NULL,
    office_org BYTEA NOT NULL,
    reviewer BYTEA NOT NULL,
    decision TEXT COLLATE "C" NOT NULL CHECK (decision IN ('approve', 'return', 'reject', 'object')),
    reason_code TEXT COLLATE "C",
    opinion TEXT COLLATE "C",
    due_on TEXT COLLATE "C",
    due_rule_id BYTEA,
    decided_at BIGINT NOT NULL
);
INSERT INTO certification_reviews (id, application_id, round, step, step_key, office_org, reviewer, decision, reason_code, opinion, due_on, due_rule_id, decided_at)
    SELECT id, application_id, round, step, step_key, office_org, reviewer, decision, reason_code, opinion, due_on, due_rule_id, decided_at
    FROM certification_reviews_before;
DROP TABLE certification_reviews_before;
CREATE INDEX certification_reviews_application ON certification_reviews (application_id, id);
