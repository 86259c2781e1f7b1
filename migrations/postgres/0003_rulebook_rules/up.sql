-- Every number of the rules, dated and scoped; a decision stores the id of the row it used, so rows are never deleted.
-- level and fund are empty where a row holds for all; sort_key names what the row is about and from when.
CREATE TABLE rules (
    id BYTEA NOT NULL PRIMARY KEY,
    sort_key TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    region_code TEXT COLLATE "C" NOT NULL,
    level TEXT COLLATE "C" NOT NULL,
    fund TEXT COLLATE "C" NOT NULL,
    effective_from TEXT COLLATE "C" NOT NULL,
    effective_to TEXT COLLATE "C",
    value TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BYTEA,
    CHECK (effective_to IS NULL OR effective_to > effective_from)
);
CREATE INDEX rules_name ON rules (name, region_code);
