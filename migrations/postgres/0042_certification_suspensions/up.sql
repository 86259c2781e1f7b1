-- The last day of a suspension that ends by itself; none when it lasts until an office lifts it.
ALTER TABLE certificates ADD COLUMN suspended_until TEXT COLLATE "C";
CREATE INDEX certificates_lifting ON certificates (status, suspended_until);
-- What that day was, decision by decision.
ALTER TABLE certificate_events ADD COLUMN until TEXT COLLATE "C";
