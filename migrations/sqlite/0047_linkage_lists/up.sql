-- One row a year: who files, settles or checks claims it first, so that nobody overlooks what another is writing.
CREATE TABLE household_years (
    year BIGINT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
);

-- Lists of households (带贫花名册) of a product in a year. A new edition replaces the former, which stays.
CREATE TABLE household_lists (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL REFERENCES organisations (id),
    supplier_name TEXT NOT NULL,
    county TEXT NOT NULL,
    product_id BLOB NOT NULL REFERENCES products (id),
    product_name TEXT NOT NULL,
    year BIGINT NOT NULL,
    edition BIGINT NOT NULL,
    rows_total BIGINT NOT NULL,
    -- Distinct households in it.
    households BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('standing', 'replaced', 'rejected')),
    -- What the office's last yearly re-check came to.
    checked TEXT CHECK (checked IN ('confirmed', 'rejected')),
    filed_by BLOB NOT NULL,
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
    list_id BLOB NOT NULL REFERENCES household_lists (id),
    row_no BIGINT NOT NULL,
    household BLOB NOT NULL,
    kind TEXT NOT NULL,
    class TEXT NOT NULL,
    persons BIGINT NOT NULL CHECK (persons > 0),
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    org_id BLOB NOT NULL,
    county TEXT NOT NULL,
    year BIGINT NOT NULL,
    -- It counts; another supplier's claim stands instead; its list no longer stands.
    state TEXT NOT NULL CHECK (state IN ('counts', 'overruled', 'fallen')),
    PRIMARY KEY (list_id, row_no)
);
CREATE UNIQUE INDEX household_claims_once ON household_claims (list_id, household, kind);
CREATE INDEX household_claims_household ON household_claims (household, year, kind);
CREATE INDEX household_claims_county ON household_claims (year, county);

-- The same household, kind and year in standing lists of several suppliers.
CREATE TABLE household_double_claims (
    id BLOB NOT NULL PRIMARY KEY,
    household BLOB NOT NULL,
    kind TEXT NOT NULL,
    year BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'settled', 'ended')),
    -- Whose claim stands, and between whom that was decided (a JSON list); until settled none.
    stands_org BLOB,
    settled_between TEXT,
    found_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (household, kind, year),
    CHECK ((status <> 'settled') OR (stands_org IS NOT NULL))
);
CREATE INDEX household_double_claims_year ON household_double_claims (year, id);

-- What offices decided about double claims; only added to.
CREATE TABLE household_settlements (
    id BLOB NOT NULL PRIMARY KEY,
    double_claim_id BLOB NOT NULL REFERENCES household_double_claims (id),
    stands_list BLOB NOT NULL REFERENCES household_lists (id),
    stands_org BLOB NOT NULL,
    reason TEXT NOT NULL,
    office_org BLOB NOT NULL,
    decided_by BLOB NOT NULL,
    decided_at BIGINT NOT NULL
);
CREATE INDEX household_settlements_claim ON household_settlements (double_claim_id, id);

-- Results of the yearly re-check; only added to.
CREATE TABLE household_checks (
    id BLOB NOT NULL PRIMARY KEY,
    list_id BLOB NOT NULL REFERENCES household_lists (id),
    result TEXT NOT NULL CHECK (result IN ('confirmed', 'rejected')),
    reason TEXT NOT NULL,
    checked_households BIGINT NOT NULL CHECK (checked_households > 0),
    due_on TEXT NOT NULL,
    rule_id BLOB NOT NULL,
    office_org BLOB NOT NULL,
    checked_by BLOB NOT NULL,
    checked_at BIGINT NOT NULL
);
CREATE INDEX household_checks_list ON household_checks (list_id, id);
