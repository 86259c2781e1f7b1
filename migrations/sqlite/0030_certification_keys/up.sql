-- Keys that sign statements about certificates: derived from the installation's secret by their place, published for ever.
CREATE TABLE certificate_keys (
    seq BIGINT NOT NULL PRIMARY KEY,
    kid TEXT NOT NULL UNIQUE,
    -- The public half, in URL-safe base 64: it stays published whatever becomes of the secret.
    public_x TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- Published before it signs, so that whoever keeps the key set has it in time.
    signs_from BIGINT NOT NULL
);
-- sqlite only
CREATE TRIGGER certificate_keys_no_update BEFORE UPDATE ON certificate_keys BEGIN SELECT RAISE(ABORT, 'certificate_keys is append-only'); END;
CREATE TRIGGER certificate_keys_no_delete BEFORE DELETE ON certificate_keys BEGIN SELECT RAISE(ABORT, 'certificate_keys is append-only'); END;
-- end
