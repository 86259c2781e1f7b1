-- A supplier's points for a month, never changed; its parts say from what.
CREATE TABLE supplier_scores (
    id BYTEA NOT NULL PRIMARY KEY,
    month TEXT COLLATE "C" NOT NULL,
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    org_name TEXT COLLATE "C" NOT NULL,
    region_code TEXT COLLATE "C" NOT NULL,
    points BIGINT NOT NULL CHECK (points BETWEEN 0 AND 100),
    -- Orders that it answered, or let expire, in the month.
    orders BIGINT NOT NULL,
    orders_rule_id BYTEA NOT NULL,
    -- The step of the ladder that follows; none above it.
    step TEXT COLLATE "C" CHECK (step IN ('warn', 'suspend', 'remove')),
    -- The row of the ladder that the points are below.
    ladder_rule_id BYTEA,
    finding_id BYTEA,
    computed_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX supplier_scores_month ON supplier_scores (month, org_id);
CREATE INDEX supplier_scores_org ON supplier_scores (org_id, month);
CREATE INDEX supplier_scores_region ON supplier_scores (region_code, id);

CREATE TABLE supplier_score_parts (
    score_id BYTEA NOT NULL REFERENCES supplier_scores (id),
    place BIGINT NOT NULL,
    aspect TEXT COLLATE "C" NOT NULL CHECK (aspect IN ('price', 'quality', 'delivery')),
    part TEXT COLLATE "C" NOT NULL,
    numerator BIGINT NOT NULL,
    denominator BIGINT NOT NULL,
    -- The row of the aspect's weight, and its value.
    weight_ppm BIGINT NOT NULL,
    weight_rule_id BYTEA NOT NULL,
    PRIMARY KEY (score_id, place)
);

-- What the ladder proposes; nothing of it happens unless the operator decides so.
CREATE TABLE score_proposals (
    id BYTEA NOT NULL PRIMARY KEY,
    score_id BYTEA NOT NULL REFERENCES supplier_scores (id),
    month TEXT COLLATE "C" NOT NULL,
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    org_name TEXT COLLATE "C" NOT NULL,
    region_code TEXT COLLATE "C" NOT NULL,
    points BIGINT NOT NULL,
    step TEXT COLLATE "C" NOT NULL CHECK (step IN ('suspend', 'remove')),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'carried_out', 'dismissed', 'superseded')),
    proposed_at BIGINT NOT NULL,
    answer_from TEXT COLLATE "C" NOT NULL,
    answer_by TEXT COLLATE "C" NOT NULL,
    answer_provisional BOOLEAN NOT NULL,
    answer_rule_id BYTEA NOT NULL,
    answer TEXT COLLATE "C",
    answered_by BYTEA,
    answered_at BIGINT,
    decided_by BYTEA,
    decided_at BIGINT,
    reason TEXT COLLATE "C",
    version BIGINT NOT NULL
);
CREATE UNIQUE INDEX score_proposals_score ON score_proposals (score_id);
CREATE UNIQUE INDEX score_proposals_open ON score_proposals (org_id) WHERE state = 'open';
CREATE INDEX score_proposals_region ON score_proposals (region_code, id);
CREATE INDEX score_proposals_org ON score_proposals (org_id, id);
