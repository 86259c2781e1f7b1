ALTER TABLE plan_revisions DROP COLUMN decided_at;
