-- Where a scheme's published batches have come to in a region: claimed, so that numbers have no gaps and no two batches share one.
CREATE TABLE catalogue_batch_heads (
    scheme_id BLOB NOT NULL REFERENCES certification_schemes (id),
    region_code TEXT NOT NULL,
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,
    dated_on TEXT NOT NULL,
    PRIMARY KEY (scheme_id, region_code)
);

-- A published batch (认定目录批次): nothing of it ever changes.
CREATE TABLE catalogue_batches (
    id BLOB NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    scheme_id BLOB NOT NULL REFERENCES certification_schemes (id),
    scheme_name TEXT NOT NULL,
    region_code TEXT NOT NULL,
    year BIGINT NOT NULL,
    document_number TEXT NOT NULL,
    dated_on TEXT NOT NULL,
    issued_until TEXT NOT NULL,
    certificates BIGINT NOT NULL CHECK (certificates > 0),
    -- Of the canonical text: see src/certification/batch.rs.
    sha256 TEXT NOT NULL,
    office_org BLOB NOT NULL,
    office_name TEXT NOT NULL,
    published_by BLOB NOT NULL,
    published_at BIGINT NOT NULL
);
CREATE INDEX catalogue_batches_scheme ON catalogue_batches (scheme_id, id);

-- What a batch says of each certificate, as it was; a certificate is in one batch at most.
CREATE TABLE catalogue_batch_rows (
    batch_id BLOB NOT NULL REFERENCES catalogue_batches (id),
    position BIGINT NOT NULL,
    certificate_id BLOB NOT NULL UNIQUE REFERENCES certificates (id),
    certificate_number TEXT NOT NULL,
    product_id BLOB NOT NULL,
    product_name TEXT NOT NULL,
    supplier_name TEXT NOT NULL,
    county TEXT NOT NULL,
    county_name TEXT NOT NULL,
    issued_on TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    PRIMARY KEY (batch_id, position)
);
CREATE INDEX certificates_scheme ON certificates (scheme_id, issued_at);

-- sqlite only
CREATE TRIGGER catalogue_batches_no_update BEFORE UPDATE ON catalogue_batches BEGIN SELECT RAISE(ABORT, 'catalogue_batches is append-only'); END;
CREATE TRIGGER catalogue_batches_no_delete BEFORE DELETE ON catalogue_batches BEGIN SELECT RAISE(ABORT, 'catalogue_batches is append-only'); END;
CREATE TRIGGER catalogue_batch_rows_no_update BEFORE UPDATE ON catalogue_batch_rows BEGIN SELECT RAISE(ABORT, 'catalogue_batch_rows is append-only'); END;
CREATE TRIGGER catalogue_batch_rows_no_delete BEFORE DELETE ON catalogue_batch_rows BEGIN SELECT RAISE(ABORT, 'catalogue_batch_rows is append-only'); END;
-- end
