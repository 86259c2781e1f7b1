-- One plan per budget unit and year. Its figures are in numbered revisions: `revision` is the one being worked on,
-- `in_force` the approved one (0 before the first approval).
CREATE TABLE plans (
    id BYTEA NOT NULL PRIMARY KEY,
    unit_id BYTEA NOT NULL REFERENCES organisations (id),
    year BIGINT NOT NULL,
    region_code TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'submitted', 'unit_approved', 'approved', 'returned')),
    revision BIGINT NOT NULL CHECK (revision >= 1),
    in_force BIGINT NOT NULL CHECK (in_force BETWEEN 0 AND revision),
    late BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (unit_id, year)
);
CREATE INDEX plans_region ON plans (region_code, id);
CREATE INDEX plans_year ON plans (year, id);

-- A plan's figures: the first filing and each amendment. Changed only while they are a draft or returned.
CREATE TABLE plan_revisions (
    plan_id BYTEA NOT NULL REFERENCES plans (id),
    number BIGINT NOT NULL CHECK (number >= 1),
    canteen_mode TEXT COLLATE "C" NOT NULL CHECK (canteen_mode IN ('own', 'outsourced', 'shared_representative', 'shared_member', 'none')),
    representative_id BYTEA REFERENCES organisations (id),
    canteen_total_fen BIGINT CHECK (canteen_total_fen >= 0),
    ratio_ppm BIGINT CHECK (ratio_ppm BETWEEN 0 AND 1000000),
    reserved_fen BIGINT CHECK (reserved_fen BETWEEN 0 AND canteen_total_fen),
    union_total_fen BIGINT CHECK (union_total_fen >= 0),
    union_ratio_ppm BIGINT CHECK (union_ratio_ppm BETWEEN 0 AND 1000000),
    union_reserved_fen BIGINT CHECK (union_reserved_fen BETWEEN 0 AND union_total_fen),
    reason TEXT COLLATE "C" NOT NULL,
    filed_by BYTEA NOT NULL,
    submitted_by BYTEA,
    submitted_at BIGINT,
    ratio_rule_id BYTEA,
    union_rule_id BYTEA,
    last_year_rule_id BYTEA,
    deadline_rule_id BYTEA,
    PRIMARY KEY (plan_id, number),
    CHECK ((canteen_total_fen IS NULL) = (canteen_mode IN ('shared_member', 'none'))),
    CHECK ((canteen_total_fen IS NULL) = (reserved_fen IS NULL) AND (canteen_total_fen IS NULL) = (ratio_ppm IS NULL)),
    CHECK ((union_total_fen IS NULL) = (union_reserved_fen IS NULL) AND (union_total_fen IS NULL) = (union_ratio_ppm IS NULL)),
    CHECK ((representative_id IS NULL) = (canteen_mode <> 'shared_member'))
);

-- Who decided what, for ever.
CREATE TABLE plan_reviews (
    id BYTEA NOT NULL PRIMARY KEY,
    plan_id BYTEA NOT NULL REFERENCES plans (id),
    revision BIGINT NOT NULL,
    step TEXT COLLATE "C" NOT NULL CHECK (step IN ('supervising_unit', 'finance_bureau')),
    decision TEXT COLLATE "C" NOT NULL CHECK (decision IN ('approve', 'return')),
    reason TEXT COLLATE "C" NOT NULL,
    reviewer_id BYTEA NOT NULL,
    reviewer_org BYTEA NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX plan_reviews_plan ON plan_reviews (plan_id, id);
