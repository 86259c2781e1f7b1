-- Where an objection came from, as a digest of notice and address: so many may be open from one source.
ALTER TABLE objections ADD COLUMN source BLOB;
CREATE INDEX objections_source ON objections (notice_id, source);
