-- One row a year: who files, settles or checks claims it first, so that nobody overlooks what another is writing.
CREATE TABLE household_years (
    year BIGINT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);

-- Lists of households (带贫花名册) of a product in a year. A new edition replaces the former, which stays.
CREATE TABLE household_lists (
    id BYTEA NOT NULL PRIMARY KEY,
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    supplier_name TEXT COLLATE "C" NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    product_id BYTEA NOT NULL REFERENCES products (id),
    product_name TEXT COLLATE "C" NOT NULL,
    year BIGINT NOT NULL,
    edition BIGINT NOT NULL,
    rows_total BIGINT NOT NULL,
    -- Distinct households in it.
    households BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('standing', 'replaced', 'rejected')),
    -- What the office's last yearly re-check came to.
    checked TEXT COLLATE "C" CHECK (checked IN ('confirmed', 'rejected')),
    filed_by BYTEA NOT NULL,
    filed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (product_id, year, edition),
    CHECK ((status <> 'rejected') OR (checked = 'rejected'))
);
CREATE UNIQUE INDEX household_lists_standing ON household_lists (product_id, year) WHERE status = 'standing';
CREATE INDEX household_lists_org ON household_lists (org_id, id);
CREATE INDEX household_lists_county ON household_lists (county, id);

-- Rows of the lists. The household's number is nowhere: only its HMAC-SHA-256 under a key of the installation.
CREATE TABLE household_claims (
    list_id BYTEA NOT NULL REFERENCES household_lists (id),
    row_no BIGINT NOT NULL,
    household BYTEA NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    class TEXT COLLATE "C" NOT NULL,
    persons BIGINT NOT NULL CHECK (persons > 0),
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    org_id BYTEA NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    year BIGINT NOT NULL,
    -- It counts; another supplier's claim stands instead; its list no longer stands.
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('counts', 'overruled', 'fallen')),
    PRIMARY KEY (list_id, row_no)
);
CREATE UNIQUE INDEX household_claims_once ON household_claims (list_id, household, kind);
CREATE INDEX household_claims_household ON household_claims (household, year, kind);
CREATE INDEX household_claims_county ON household_claims (year, county);

-- The same household, kind and year in standing lists of several suppliers.
CREATE TABLE household_double_claims (
    id BYTEA NOT NULL PRIMARY KEY,
    household BYTEA NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    year BIGINT NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('open', 'settled', 'ended')),
    -- Whose claim stands, and between whom that was decided (a JSON list); until settled none.
    stands_org BYTEA,
    settled_between TEXT COLLATE "C",
    found_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (household, kind, year),
    CHECK ((status <> 'settled') OR (stands_org IS NOT NULL))
);
CREATE INDEX household_double_claims_year ON household_double_claims (year, id);

-- What offices decided about double claims; only added to.
CREATE TABLE household_settlements (
    id BYTEA NOT NULL PRIMARY KEY,
    double_claim_id BYTEA NOT NULL REFERENCES household_double_claims (id),
    stands_list BYTEA NOT NULL REFERENCES household_lists (id),
    stands_org BYTEA NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    office_org BYTEA NOT NULL,
    decided_by BYTEA NOT NULL,
    decided_at BIGINT NOT NULL
);
CREATE INDEX household_settlements_claim ON household_settlements (double_claim_id, id);

-- Results of the yearly re-check; only added to.
CREATE TABLE household_checks (
    id BYTEA NOT NULL PRIMARY KEY,
    list_id BYTEA NOT NULL REFERENCES household_lists (id),
    result TEXT COLLATE "C" NOT NULL CHECK (result IN ('confirmed', 'rejected')),
    reason TEXT COLLATE "C" NOT NULL,
    checked_households BIGINT NOT NULL CHECK (checked_households > 0),
    due_on TEXT COLLATE "C" NOT NULL,
    rule_id BYTEA NOT NULL,
    office_org BYTEA NOT NULL,
    checked_by BYTEA NOT NULL,
    checked_at BIGINT NOT NULL
);
CREATE INDEX household_checks_list ON household_checks (list_id, id);
