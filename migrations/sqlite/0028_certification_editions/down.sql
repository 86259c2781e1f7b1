CREATE TABLE certification_reviews_before AS SELECT * FROM certification_reviews WHERE decision <> 'object';
DROP TABLE certification_reviews;
CREATE TABLE certification_reviews (
    id BLOB NOT NULL PRIMARY KEY,
    application_id BLOB NOT NULL REFERENCES certification_applications (id),
    round BIGINT NOT NULL,
    step BIGINT NOT NULL,
    step_key TEXT NOT NULL,
    office_org BLOB NOT NULL,
    reviewer BLOB NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('approve', 'return', 'reject')),
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

DROP INDEX certification_applications_lapsing;
ALTER TABLE certification_applications DROP COLUMN lapses;
ALTER TABLE certification_applications DROP COLUMN edition;
ALTER TABLE certification_schemes DROP COLUMN version;
ALTER TABLE certification_schemes ADD COLUMN steps TEXT NOT NULL DEFAULT '[]';
ALTER TABLE certification_schemes ADD COLUMN kinds TEXT NOT NULL DEFAULT '[]';
ALTER TABLE certification_schemes ADD COLUMN renewal_grace_days BIGINT NOT NULL DEFAULT 0;
UPDATE certification_schemes SET
    steps = (SELECT e.steps FROM certification_scheme_editions e WHERE e.scheme_id = certification_schemes.id AND e.edition = 1),
    kinds = (SELECT e.kinds FROM certification_scheme_editions e WHERE e.scheme_id = certification_schemes.id AND e.edition = 1),
    renewal_grace_days = (SELECT e.renewal_grace_days FROM certification_scheme_editions e WHERE e.scheme_id = certification_schemes.id AND e.edition = 1);
DROP TABLE certification_scheme_editions;
