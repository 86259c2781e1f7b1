-- 通报: what a finance bureau publishes of the progress of the plans. The content is made once, from what was known at the end of
-- as_of, and never changes; a correction is a bulletin of its own that names the one it corrects.
CREATE TABLE bulletins (
    id BYTEA NOT NULL PRIMARY KEY,
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    org_name TEXT COLLATE "C" NOT NULL,
    region_code TEXT COLLATE "C" NOT NULL,
    year BIGINT NOT NULL,
    as_of TEXT COLLATE "C" NOT NULL,
    rows_by TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    -- Whether the books of the year were closed by then.
    closes_year BOOLEAN NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    -- Of the content, byte for byte.
    sha256 TEXT COLLATE "C" NOT NULL,
    corrects BYTEA REFERENCES bulletins (id),
    correction_no BIGINT,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'signed', 'published', 'discarded')),
    drafted_by BYTEA NOT NULL REFERENCES users (id),
    drafted_at BIGINT NOT NULL,
    signed_by BYTEA REFERENCES users (id),
    signed_at BIGINT,
    number TEXT COLLATE "C",
    published_by BYTEA REFERENCES users (id),
    published_at BIGINT,
    version BIGINT NOT NULL,
    CHECK (state <> 'published' OR (number IS NOT NULL AND published_at IS NOT NULL AND signed_by IS NOT NULL)),
    CHECK (correction_no IS NULL OR corrects IS NOT NULL)
);
CREATE INDEX bulletins_region ON bulletins (region_code, id);
CREATE UNIQUE INDEX bulletins_number ON bulletins (org_id, number) WHERE number IS NOT NULL;
CREATE UNIQUE INDEX bulletins_correction ON bulletins (corrects, correction_no) WHERE correction_no IS NOT NULL;

-- 催办: whom the bureau urged, why and when.
CREATE TABLE bulletin_urges (
    id BYTEA NOT NULL PRIMARY KEY,
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    unit_id BYTEA NOT NULL REFERENCES organisations (id),
    year BIGINT NOT NULL,
    as_of TEXT COLLATE "C" NOT NULL,
    cause TEXT COLLATE "C" NOT NULL,
    recipients BIGINT NOT NULL,
    urged_by BYTEA NOT NULL REFERENCES users (id),
    urged_at BIGINT NOT NULL
);
CREATE INDEX bulletin_urges_unit ON bulletin_urges (unit_id, year, id);

CREATE TRIGGER bulletins_published_no_update BEFORE UPDATE ON bulletins FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bulletins_no_delete BEFORE DELETE ON bulletins FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bulletins_content_no_update BEFORE UPDATE OF content, sha256, as_of, year ON bulletins FOR EACH ROW EXECUTE FUNCTION refuse_change();
