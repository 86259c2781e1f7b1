-- Openings of restricted files, the latest first.
CREATE INDEX audit_entries_openings ON audit_entries (at, id) WHERE action = 'file.opened';
