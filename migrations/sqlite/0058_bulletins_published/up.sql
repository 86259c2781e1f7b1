-- 通报: what a finance bureau publishes of the progress of the plans. The content is made once, from what was known at the end of
-- as_of, and never changes; a correction is a bulletin of its own that names the one it corrects.
CREATE TABLE bulletins (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL REFERENCES organisations (id),
    org_name TEXT NOT NULL,
    region_code TEXT NOT NULL,
    year BIGINT NOT NULL,
    as_of TEXT NOT NULL,
    rows_by TEXT NOT NULL,
    title TEXT NOT NULL,
    -- Whether the books of the year were closed by then.
    closes_year BOOLEAN NOT NULL,
    content TEXT NOT NULL,
    -- Of the content, byte for byte.
    sha256 TEXT NOT NULL,
    corrects BLOB REFERENCES bulletins (id),
    correction_no BIGINT,
    state TEXT NOT NULL CHECK (state IN ('draft', 'signed', 'published', 'discarded')),
    drafted_by BLOB NOT NULL REFERENCES users (id),
    drafted_at BIGINT NOT NULL,
    signed_by BLOB REFERENCES users (id),
    signed_at BIGINT,
    number TEXT,
    published_by BLOB REFERENCES users (id),
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
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL REFERENCES organisations (id),
    unit_id BLOB NOT NULL REFERENCES organisations (id),
    year BIGINT NOT NULL,
    as_of TEXT NOT NULL,
    cause TEXT NOT NULL,
    recipients BIGINT NOT NULL,
    urged_by BLOB NOT NULL REFERENCES users (id),
    urged_at BIGINT NOT NULL
);
CREATE INDEX bulletin_urges_unit ON bulletin_urges (unit_id, year, id);

-- sqlite only
CREATE TRIGGER bulletins_published_no_update BEFORE UPDATE ON bulletins WHEN OLD.state = 'published' BEGIN SELECT RAISE(ABORT, 'a published bulletin never changes'); END;
CREATE TRIGGER bulletins_no_delete BEFORE DELETE ON bulletins BEGIN SELECT RAISE(ABORT, 'bulletins are kept'); END;
CREATE TRIGGER bulletins_content_no_update BEFORE UPDATE OF content, sha256, as_of, year ON bulletins BEGIN SELECT RAISE(ABORT, 'the content of a bulletin never changes'); END;
-- end
