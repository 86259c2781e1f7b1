-- Uploaded files; the bytes lie in the object store under their hash.
CREATE TABLE files (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL REFERENCES organisations (id),
    region_code TEXT NOT NULL,
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL CHECK (size_bytes > 0),
    sha256 BLOB NOT NULL,
    class TEXT NOT NULL CHECK (class IN ('evidence', 'restricted', 'public')),
    uploaded_by BLOB NOT NULL REFERENCES users (id),
    at BIGINT NOT NULL
);
CREATE INDEX files_org ON files (org_id, id);
