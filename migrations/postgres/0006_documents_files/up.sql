-- Uploaded files; the bytes lie in the object store under their hash.
CREATE TABLE files (
    id BYTEA NOT NULL PRIMARY KEY,
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    region_code TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    content_type TEXT COLLATE "C" NOT NULL,
    size_bytes BIGINT NOT NULL CHECK (size_bytes > 0),
    sha256 BYTEA NOT NULL,
    class TEXT COLLATE "C" NOT NULL CHECK (class IN ('evidence', 'restricted', 'public')),
    uploaded_by BYTEA NOT NULL REFERENCES users (id),
    at BIGINT NOT NULL
);
CREATE INDEX files_org ON files (org_id, id);
