-- An objection is received, given to somebody, verified, decided and answered, each step with its day.
ALTER TABLE objections ADD COLUMN stage TEXT COLLATE "C" NOT NULL DEFAULT 'filed';
UPDATE objections SET stage = 'decided' WHERE status <> 'open';
-- The next step's last day; none once decided.
ALTER TABLE objections ADD COLUMN due_on TEXT COLLATE "C";
ALTER TABLE objections ADD COLUMN due_provisional BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE objections ADD COLUMN due_rule_id BYTEA;
ALTER TABLE objections ADD COLUMN assigned_to BYTEA;
ALTER TABLE objections ADD COLUMN received_by BYTEA;
ALTER TABLE objections ADD COLUMN received_at BIGINT;
ALTER TABLE objections ADD COLUMN findings TEXT COLLATE "C";
ALTER TABLE objections ADD COLUMN verified_by BYTEA;
ALTER TABLE objections ADD COLUMN verified_at BIGINT;
-- What who objected is told.
ALTER TABLE objections ADD COLUMN reply TEXT COLLATE "C";
-- Digest of the code by which who objected asks about it.
ALTER TABLE objections ADD COLUMN receipt BYTEA;
-- JSON list of the files that who objected brought.
ALTER TABLE objections ADD COLUMN file_ids TEXT COLLATE "C" NOT NULL DEFAULT '[]';
CREATE INDEX objections_due ON objections (status, due_on, id);
