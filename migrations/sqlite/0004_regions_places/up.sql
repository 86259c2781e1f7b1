-- Regions, dated because codes and names change. valid_to is exclusive; open rows have none.
CREATE TABLE regions (
    code TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    name TEXT NOT NULL,
    level TEXT NOT NULL,
    parent TEXT,
    eligible_832 BOOLEAN NOT NULL,
    poverty_task BOOLEAN NOT NULL,
    PRIMARY KEY (code, valid_from),
    CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE INDEX regions_parent ON regions (parent, code);

-- Days off and make-up working days, as the notices of the nation (000000) and of regions name them.
CREATE TABLE calendar_days (
    region_code TEXT NOT NULL,
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (region_code, day)
);

-- Years whose notice is loaded completely; a deadline that touches another year is provisional.
CREATE TABLE calendar_years (
    region_code TEXT NOT NULL,
    year BIGINT NOT NULL,
    PRIMARY KEY (region_code, year)
);

-- 闽宁协作 and 中央定点帮扶: who is paired with a county, dated.
CREATE TABLE pairings (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    a_code TEXT NOT NULL,
    b_code TEXT,
    b_name TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    source TEXT NOT NULL,
    CHECK (valid_to IS NULL OR valid_to > valid_from)
);
CREATE INDEX pairings_a ON pairings (a_code, valid_from);
