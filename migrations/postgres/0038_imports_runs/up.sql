-- Bulk imports: a file on its way into products, suppliers and drafts of their applications.
CREATE TABLE imports (
    id BYTEA NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('products', 'suppliers')),
    mode TEXT COLLATE "C" NOT NULL CHECK (mode IN ('all_or_nothing', 'good_rows_only')),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    phase TEXT COLLATE "C" NOT NULL CHECK (phase IN ('reading', 'checking', 'writing', 'ended')),
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    region_code TEXT COLLATE "C" NOT NULL,
    user_id BYTEA NOT NULL,
    file_id BYTEA NOT NULL REFERENCES files (id),
    -- JSON list: where which column stands, and its title.
    titles TEXT COLLATE "C" NOT NULL,
    -- Rows that are not empty, examples left out; null until the file is read.
    rows_total BIGINT,
    -- The number of the last row that was tried or written in this phase.
    cursor BIGINT NOT NULL,
    good BIGINT NOT NULL,
    bad BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    errors BIGINT NOT NULL,
    created BIGINT NOT NULL,
    applications BIGINT NOT NULL,
    -- Why it failed.
    failure TEXT COLLATE "C",
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    version BIGINT NOT NULL,
    CHECK (good >= 0 AND bad >= 0 AND created >= 0 AND created <= good),
    CHECK (mode = 'good_rows_only' OR created = 0 OR (bad = 0 AND state = 'done'))
);
CREATE INDEX imports_org ON imports (org_id, id);

-- Rows that wait: the requests that each is made of, as JSON. They go when the import ends.
CREATE TABLE import_rows (
    import_id BYTEA NOT NULL REFERENCES imports (id),
    number BIGINT NOT NULL,
    parts TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (import_id, number)
);

-- What is wrong with rows, in the order in which it was found; at most a thousand of an import.
CREATE TABLE import_errors (
    import_id BYTEA NOT NULL REFERENCES imports (id),
    position BIGINT NOT NULL,
    number BIGINT NOT NULL,
    -- The letters of the column; empty when no single column of the file is meant.
    letters TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    zh TEXT COLLATE "C" NOT NULL,
    en TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (import_id, position)
);

-- What a row brought into being: a row is written once.
CREATE TABLE import_results (
    import_id BYTEA NOT NULL REFERENCES imports (id),
    number BIGINT NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    application TEXT COLLATE "C",
    PRIMARY KEY (import_id, number)
);
