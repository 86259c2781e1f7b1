-- What an organisation brought in one day is summed at every upload.
CREATE INDEX files_org_at ON files (org_id, at);
DROP INDEX files_org;
