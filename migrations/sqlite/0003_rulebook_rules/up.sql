-- Every number of the rules, dated and scoped; a decision stores the id of the row it used, so rows are never deleted.
-- level and fund are empty where a row holds for all; sort_key names what the row is about and from when.
CREATE TABLE rules (
    id BLOB NOT NULL PRIMARY KEY,
    sort_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    region_code TEXT NOT NULL,
    level TEXT NOT NULL,
    fund TEXT NOT NULL,
    effective_from TEXT NOT NULL,
    effective_to TEXT,
    value TEXT NOT NULL,
    unit TEXT NOT NULL,
    source TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BLOB,
    CHECK (effective_to IS NULL OR effective_to > effective_from)
);
CREATE INDEX rules_name ON rules (name, region_code);
