-- Declared activities of purchase in place of donation (以购代捐), and helped sales (帮助销售): one table, so that one document
-- is declared once. What is declared stands in editions; an office reads the latest. waits_for: the region whose office is next.
CREATE TABLE donation_declarations (
    id BYTEA NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('activity', 'helped_sale')),
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    org_name TEXT COLLATE "C" NOT NULL,
    -- Where it was: a county, township or village; and the same cut to the township and to the county.
    region_code TEXT COLLATE "C" NOT NULL,
    township TEXT COLLATE "C" NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    place TEXT COLLATE "C" NOT NULL,
    held_on TEXT COLLATE "C" NOT NULL,
    month TEXT COLLATE "C" NOT NULL,
    quarter TEXT COLLATE "C" NOT NULL,
    year TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    document_number TEXT COLLATE "C" NOT NULL,
    -- The number in its one normal spelling.
    number_key TEXT COLLATE "C" NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    units BIGINT NOT NULL CHECK (units > 0),
    cadres BIGINT NOT NULL CHECK (cadres >= 0),
    households BIGINT NOT NULL CHECK (households > 0),
    edition BIGINT NOT NULL,
    -- How often it was submitted.
    round BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'at_village', 'at_township', 'at_county', 'returned', 'verified', 'annulled',
        'rejected', 'withdrawn')),
    waits_for TEXT COLLATE "C",
    -- When it came into its state.
    since BIGINT NOT NULL,
    declared_by BYTEA NOT NULL,
    declared_at BIGINT NOT NULL,
    submitted_by BYTEA,
    submitted_at BIGINT,
    verified_at BIGINT,
    version BIGINT NOT NULL,
    CHECK ((state IN ('at_village', 'at_township', 'at_county')) = (waits_for IS NOT NULL)),
    CHECK (state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL),
    CHECK ((state IN ('verified', 'annulled')) = (verified_at IS NOT NULL))
);
-- A document number is declared once in a county, whoever declares it; what was rejected, withdrawn or annulled frees it. Drafts
-- of others hold nothing.
CREATE UNIQUE INDEX donation_declarations_number ON donation_declarations (county, number_key)
    WHERE state IN ('at_village', 'at_township', 'at_county', 'returned', 'verified');
CREATE UNIQUE INDEX donation_declarations_own ON donation_declarations (org_id, county, number_key)
    WHERE state IN ('draft', 'at_village', 'at_township', 'at_county', 'returned', 'verified');
CREATE INDEX donation_declarations_org ON donation_declarations (org_id, kind, id);
CREATE INDEX donation_declarations_region ON donation_declarations (region_code, kind, id);
CREATE INDEX donation_declarations_waiting ON donation_declarations (waits_for, since) WHERE waits_for IS NOT NULL;

-- Participating units. key: what tells a unit from another (credit code, or the name of one that is not known), hashed.
CREATE TABLE donation_units (
    declaration_id BYTEA NOT NULL REFERENCES donation_declarations (id),
    edition BIGINT NOT NULL,
    position BIGINT NOT NULL,
    org_id BYTEA,
    uscc TEXT COLLATE "C",
    name TEXT COLLATE "C" NOT NULL,
    key BYTEA NOT NULL,
    PRIMARY KEY (declaration_id, edition, position)
);
CREATE UNIQUE INDEX donation_units_once ON donation_units (declaration_id, edition, key);

-- Cadres (帮扶干部). Their numbers are nowhere, only a hash under a key of the installation; their names are encrypted.
CREATE TABLE donation_cadres (
    declaration_id BYTEA NOT NULL REFERENCES donation_declarations (id),
    edition BIGINT NOT NULL,
    position BIGINT NOT NULL,
    name BYTEA NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    key BYTEA NOT NULL,
    PRIMARY KEY (declaration_id, edition, position)
);
CREATE UNIQUE INDEX donation_cadres_once ON donation_cadres (declaration_id, edition, key);

-- Lines. household: the same hash that lists of households have.
CREATE TABLE donation_items (
    declaration_id BYTEA NOT NULL REFERENCES donation_declarations (id),
    edition BIGINT NOT NULL,
    position BIGINT NOT NULL,
    product TEXT COLLATE "C" NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    measure TEXT COLLATE "C" NOT NULL,
    content TEXT COLLATE "C",
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    class TEXT COLLATE "C" NOT NULL,
    household BYTEA NOT NULL,
    PRIMARY KEY (declaration_id, edition, position)
);

CREATE TABLE donation_files (
    declaration_id BYTEA NOT NULL REFERENCES donation_declarations (id),
    edition BIGINT NOT NULL,
    position BIGINT NOT NULL,
    file_id BYTEA NOT NULL REFERENCES files (id),
    PRIMARY KEY (declaration_id, edition, position)
);

-- What happened to declarations, and who answers for it; only added to.
CREATE TABLE donation_steps (
    id BYTEA NOT NULL PRIMARY KEY,
    declaration_id BYTEA NOT NULL REFERENCES donation_declarations (id),
    edition BIGINT NOT NULL,
    round BIGINT NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    level TEXT COLLATE "C",
    org_id BYTEA NOT NULL,
    user_id BYTEA NOT NULL,
    at BIGINT NOT NULL,
    reason TEXT COLLATE "C"
);
CREATE INDEX donation_steps_declaration ON donation_steps (declaration_id, id);

-- What counts: one entry at the county's verification, and adjusting ones; only added to. Reports add them up, each in the period
-- of its activity. recorded_on: figures of a past day are those recorded until then.
CREATE TABLE donation_entries (
    id BYTEA NOT NULL PRIMARY KEY,
    declaration_id BYTEA NOT NULL REFERENCES donation_declarations (id),
    kind TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C" NOT NULL CHECK (event IN ('verified', 'adjusted', 'annulled')),
    org_id BYTEA NOT NULL,
    region_code TEXT COLLATE "C" NOT NULL,
    township TEXT COLLATE "C" NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    month TEXT COLLATE "C" NOT NULL,
    quarter TEXT COLLATE "C" NOT NULL,
    year TEXT COLLATE "C" NOT NULL,
    activities BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    reason TEXT COLLATE "C",
    office_org BYTEA NOT NULL,
    made_by BYTEA NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_on TEXT COLLATE "C" NOT NULL,
    CHECK (activities = CASE event WHEN 'verified' THEN 1 WHEN 'annulled' THEN -1 ELSE 0 END)
);
CREATE UNIQUE INDEX donation_entries_once ON donation_entries (declaration_id, event) WHERE event IN ('verified', 'annulled');
CREATE INDEX donation_entries_declaration ON donation_entries (declaration_id, id);
CREATE INDEX donation_entries_month ON donation_entries (kind, month, region_code);

-- The units, cadres and lines of an entry: times +1 counts them, -1 takes that back, 0 changes an amount. A line counts for its
-- household.
CREATE TABLE donation_entry_parts (
    entry_id BYTEA NOT NULL REFERENCES donation_entries (id),
    part TEXT COLLATE "C" NOT NULL CHECK (part IN ('unit', 'cadre', 'household')),
    position BIGINT NOT NULL,
    key BYTEA NOT NULL,
    class TEXT COLLATE "C" NOT NULL,
    times BIGINT NOT NULL CHECK (times BETWEEN -1 AND 1),
    amount_fen BIGINT NOT NULL,
    PRIMARY KEY (entry_id, part, position),
    CHECK (part = 'household' OR amount_fen = 0)
);

-- Regions whose offices and auditors a file was shown to besides those of its own region.
CREATE TABLE file_regions (
    file_id BYTEA NOT NULL REFERENCES files (id),
    region_code TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (file_id, region_code)
);

CREATE TRIGGER donation_steps_append_only BEFORE UPDATE OR DELETE ON donation_steps FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER donation_entries_append_only BEFORE UPDATE OR DELETE ON donation_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER donation_entry_parts_append_only BEFORE UPDATE OR DELETE ON donation_entry_parts FOR EACH ROW EXECUTE FUNCTION refuse_change();
