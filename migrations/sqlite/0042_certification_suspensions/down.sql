ALTER TABLE certificate_events DROP COLUMN until;
DROP INDEX certificates_lifting;
ALTER TABLE certificates DROP COLUMN suspended_until;
