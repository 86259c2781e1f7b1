-- Random inspections (双随机): what may be drawn and who may inspect is frozen when the plan is announced.
CREATE TABLE inspection_plans (
    id BLOB NOT NULL PRIMARY KEY,
    office_org BLOB NOT NULL REFERENCES organisations (id),
    office_name TEXT NOT NULL,
    region_code TEXT NOT NULL,
    title TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('listing', 'certificate', 'supplier')),
    category TEXT,
    to_draw BIGINT NOT NULL CHECK (to_draw >= 1),
    per_item BIGINT NOT NULL CHECK (per_item >= 1),
    population_size BIGINT NOT NULL CHECK (population_size >= to_draw),
    population_hash TEXT NOT NULL,
    pool_hash TEXT NOT NULL,
    -- SHA-256 of the seed, published; the seed itself lies encrypted until the draw.
    commitment TEXT NOT NULL UNIQUE,
    sealed_seed BLOB NOT NULL,
    -- The public value that is mixed in at the draw, as it was named beforehand.
    public_source TEXT,
    draw_on TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('announced', 'drawn')),
    announced_by BLOB NOT NULL,
    announced_at BIGINT NOT NULL,
    seed TEXT,
    public_value TEXT,
    drawn_by BLOB,
    drawn_at BIGINT,
    version BIGINT NOT NULL,
    CHECK ((state = 'drawn') = (seed IS NOT NULL))
);
CREATE INDEX inspection_plans_region ON inspection_plans (region_code, id);

CREATE TABLE inspection_population (
    plan_id BLOB NOT NULL REFERENCES inspection_plans (id),
    place BIGINT NOT NULL,
    subject TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    owner_org BLOB NOT NULL,
    PRIMARY KEY (plan_id, place)
);

CREATE TABLE inspection_pool (
    plan_id BLOB NOT NULL REFERENCES inspection_plans (id),
    place BIGINT NOT NULL,
    user_id BLOB NOT NULL,
    -- Organisations of the population whose member the person was; never drawn for them.
    conflicts TEXT NOT NULL,
    PRIMARY KEY (plan_id, place)
);

-- What was drawn, and what the inspection found.
CREATE TABLE inspections (
    id BLOB NOT NULL PRIMARY KEY,
    plan_id BLOB NOT NULL REFERENCES inspection_plans (id),
    drawn_as BIGINT NOT NULL,
    population_place BIGINT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    owner_org BLOB NOT NULL,
    owner_name TEXT NOT NULL,
    region_code TEXT NOT NULL,
    office_org BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('drawn', 'done')),
    outcome TEXT CHECK (outcome IN ('pass', 'defects', 'unsafe')),
    text TEXT,
    file_ids TEXT NOT NULL,
    recorded_by BLOB,
    recorded_at BIGINT,
    finding_id BLOB REFERENCES findings (id),
    suspended TEXT,
    version BIGINT NOT NULL,
    CHECK ((state = 'done') = (outcome IS NOT NULL)),
    UNIQUE (plan_id, drawn_as)
);
CREATE INDEX inspections_region ON inspections (region_code, id);
CREATE INDEX inspections_owner ON inspections (owner_org, id);

CREATE TABLE inspection_inspectors (
    inspection_id BLOB NOT NULL REFERENCES inspections (id),
    drawn_as BIGINT NOT NULL,
    pool_place BIGINT NOT NULL,
    user_id BLOB NOT NULL,
    PRIMARY KEY (inspection_id, drawn_as)
);
CREATE INDEX inspection_inspectors_user ON inspection_inspectors (user_id, inspection_id);
