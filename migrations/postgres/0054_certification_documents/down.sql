DROP TABLE certificate_documents;
DROP TABLE certificate_requirements;
ALTER TABLE certification_submissions DROP COLUMN requirements;
