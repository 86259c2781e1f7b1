-- Organisations that a file was shown to besides its own: the other side of a payment or an invoice.
CREATE TABLE file_shares (
    file_id BYTEA NOT NULL REFERENCES files (id),
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (file_id, org_id)
);
