-- What venues sold comes in by workbook too.
-- sqlite only
CREATE TABLE imports_anew (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('products', 'suppliers', 'units', 'invoices', 'donation_activities', 'venue_sales')),
    mode TEXT NOT NULL CHECK (mode IN ('all_or_nothing', 'good_rows_only')),
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    phase TEXT NOT NULL CHECK (phase IN ('reading', 'checking', 'writing', 'ended')),
    org_id BLOB NOT NULL REFERENCES organisations (id),
    region_code TEXT NOT NULL,
    user_id BLOB NOT NULL,
    file_id BLOB NOT NULL REFERENCES files (id),
    titles TEXT NOT NULL,
    rows_total BIGINT,
    cursor BIGINT NOT NULL,
    good BIGINT NOT NULL,
    bad BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    errors BIGINT NOT NULL,
    created BIGINT NOT NULL,
    applications BIGINT NOT NULL,
    failure TEXT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    version BIGINT NOT NULL,
    CHECK (good >= 0 AND bad >= 0 AND created >= 0 AND created <= good),
    CHECK (mode = 'good_rows_only' OR created = 0 OR (bad = 0 AND state = 'done'))
);
INSERT INTO imports_anew SELECT * FROM imports;
CREATE TABLE import_rows_anew (
    import_id BLOB NOT NULL REFERENCES imports_anew (id),
    number BIGINT NOT NULL,
    parts TEXT NOT NULL,
    rests BOOLEAN NOT NULL,
    PRIMARY KEY (import_id, number)
);
INSERT INTO import_rows_anew SELECT * FROM import_rows;
DROP TABLE import_rows;
CREATE TABLE import_errors_anew (
    import_id BLOB NOT NULL REFERENCES imports_anew (id),
    position BIGINT NOT NULL,
    number BIGINT NOT NULL,
    letters TEXT NOT NULL,
    title TEXT NOT NULL,
    code TEXT NOT NULL,
    zh TEXT NOT NULL,
    en TEXT NOT NULL,
    PRIMARY KEY (import_id, position)
);
INSERT INTO import_errors_anew SELECT * FROM import_errors;
DROP TABLE import_errors;
CREATE TABLE import_results_anew (
    import_id BLOB NOT NULL REFERENCES imports_anew (id),
    number BIGINT NOT NULL,
    subject TEXT NOT NULL,
    application TEXT,
    PRIMARY KEY (import_id, number)
);
INSERT INTO import_results_anew SELECT * FROM import_results;
DROP TABLE import_results;
DROP TABLE imports;
ALTER TABLE imports_anew RENAME TO imports;
ALTER TABLE import_rows_anew RENAME TO import_rows;
ALTER TABLE import_errors_anew RENAME TO import_errors;
ALTER TABLE import_results_anew RENAME TO import_results;
CREATE INDEX imports_org ON imports (org_id, id);
-- end
