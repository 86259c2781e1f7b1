-- Organisations that a file was shown to besides its own: the other side of a payment or an invoice.
CREATE TABLE file_shares (
    file_id BLOB NOT NULL REFERENCES files (id),
    org_id BLOB NOT NULL REFERENCES organisations (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (file_id, org_id)
);

-- Files that somebody brought who is no user: evidence of objections. Offices and auditors of the region read them.
CREATE TABLE anonymous_files (
    id BLOB NOT NULL PRIMARY KEY,
    region_code TEXT NOT NULL,
    name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size_bytes BIGINT NOT NULL CHECK (size_bytes > 0),
    sha256 BLOB NOT NULL,
    at BIGINT NOT NULL
);
