-- Who did what, when, for whom: never updated, never deleted; also the event feed.
CREATE TABLE audit_entries (
    id BYTEA NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    user_id BYTEA,
    org_id BYTEA,
    via TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    owner_org BYTEA NOT NULL,
    other_org BYTEA,
    region_code TEXT COLLATE "C" NOT NULL,
    details TEXT COLLATE "C" NOT NULL,
    request_id TEXT COLLATE "C" NOT NULL
);
CREATE INDEX audit_entries_subject ON audit_entries (subject, id);

-- Entries that have no position in the feed yet; the sequencer deletes each as it gives one.
CREATE TABLE audit_unsequenced (
    entry_id BYTEA NOT NULL PRIMARY KEY REFERENCES audit_entries (id)
);

-- The feed: gap-free positions in the order in which entries became visible.
CREATE TABLE audit_positions (
    position BIGINT NOT NULL PRIMARY KEY,
    entry_id BYTEA NOT NULL UNIQUE REFERENCES audit_entries (id)
);

-- The last position given; claimed by the sequencer.
CREATE TABLE audit_sequence (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    last BIGINT NOT NULL
);
INSERT INTO audit_sequence (id, last) VALUES (1, 0);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
