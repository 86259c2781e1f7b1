-- Who did what, when, for whom: never updated, never deleted; also the event feed.
CREATE TABLE audit_entries (
    id BLOB NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    user_id BLOB,
    org_id BLOB,
    via TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    owner_org BLOB NOT NULL,
    other_org BLOB,
    region_code TEXT NOT NULL,
    details TEXT NOT NULL,
    request_id TEXT NOT NULL
);
CREATE INDEX audit_entries_subject ON audit_entries (subject, id);

-- Entries that have no position in the feed yet; the sequencer deletes each as it gives one.
CREATE TABLE audit_unsequenced (
    entry_id BLOB NOT NULL PRIMARY KEY REFERENCES audit_entries (id)
);

-- The feed: gap-free positions in the order in which entries became visible.
CREATE TABLE audit_positions (
    position BIGINT NOT NULL PRIMARY KEY,
    entry_id BLOB NOT NULL UNIQUE REFERENCES audit_entries (id)
);

-- The last position given; claimed by the sequencer.
CREATE TABLE audit_sequence (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    last BIGINT NOT NULL
);
INSERT INTO audit_sequence (id, last) VALUES (1, 0);

-- sqlite only
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END;
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries BEGIN SELECT RAISE(ABORT, 'audit_entries is append-only'); END;
-- end
