CREATE INDEX files_org ON files (org_id, id);
DROP INDEX files_org_at;
