-- Keys that sign statements about certificates: derived from the installation's secret by their place, published for ever.
CREATE TABLE certificate_keys (
    seq BIGINT NOT NULL PRIMARY KEY,
    kid TEXT COLLATE "C" NOT NULL UNIQUE,
    -- The public half, in URL-safe base 64: it stays published whatever becomes of the secret.
    public_x TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    -- Published before it signs, so that whoever keeps the key set has it in time.
    signs_from BIGINT NOT NULL
);
CREATE TRIGGER certificate_keys_append_only BEFORE UPDATE OR DELETE ON certificate_keys FOR EACH ROW EXECUTE FUNCTION refuse_change();
