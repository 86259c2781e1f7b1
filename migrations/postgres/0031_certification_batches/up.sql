-- Where a scheme's published batches have come to in a region: claimed, so that numbers have no gaps and no two batches share one.
CREATE TABLE catalogue_batch_heads (
    scheme_id BYTEA NOT NULL REFERENCES certification_schemes (id),
    region_code TEXT COLLATE "C" NOT NULL,
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,
    dated_on TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (scheme_id, region_code)
);

-- A published batch (认定目录批次): nothing of it ever changes.
CREATE TABLE catalogue_batches (
    id BYTEA NOT NULL PRIMARY KEY,
    number TEXT COLLATE "C" NOT NULL UNIQUE,
    scheme_id BYTEA NOT NULL REFERENCES certification_schemes (id),
    scheme_name TEXT COLLATE "C" NOT NULL,
    region_code TEXT COLLATE "C" NOT NULL,
    year BIGINT NOT NULL,
    document_number TEXT COLLATE "C" NOT NULL,
    dated_on TEXT COLLATE "C" NOT NULL,
    issued_until TEXT COLLATE "C" NOT NULL,
    certificates BIGINT NOT NULL CHECK (certificates > 0),
    -- Of the canonical text: see src/certification/batch.rs.
    sha256 TEXT COLLATE "C" NOT NULL,
    office_org BYTEA NOT NULL,
    office_name TEXT COLLATE "C" NOT NULL,
    published_by BYTEA NOT NULL,
    published_at BIGINT NOT NULL
);
CREATE INDEX catalogue_batches_scheme ON catalogue_batches (scheme_id, id);

-- What a batch says of each certificate, as it was; a certificate is in one batch at most.
CREATE TABLE catalogue_batch_rows (
    batch_id BYTEA NOT NULL REFERENCES catalogue_batches (id),
    position BIGINT NOT NULL,
    certificate_id BYTEA NOT NULL UNIQUE REFERENCES certificates (id),
    certificate_number TEXT COLLATE "C" NOT NULL,
    product_id BYTEA NOT NULL,
    product_name TEXT COLLATE "C" NOT NULL,
    supplier_name TEXT COLLATE "C" NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    county_name TEXT COLLATE "C" NOT NULL,
    issued_on TEXT COLLATE "C" NOT NULL,
    valid_from TEXT COLLATE "C" NOT NULL,
    valid_until TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (batch_id, position)
);
CREATE INDEX certificates_scheme ON certificates (scheme_id, issued_at);

CREATE TRIGGER catalogue_batches_append_only BEFORE UPDATE OR DELETE ON catalogue_batches FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER catalogue_batch_rows_append_only BEFORE UPDATE OR DELETE ON catalogue_batch_rows FOR EACH ROW EXECUTE FUNCTION refuse_change();
