-- A union or an accounting centre pays for a unit on the days [valid_from, valid_to); its union also orders for it.
CREATE TABLE payer_ties (
    payer_id BYTEA NOT NULL REFERENCES organisations (id),
    unit_id BYTEA NOT NULL REFERENCES organisations (id),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('union', 'accounting_centre')),
    valid_from TEXT COLLATE "C" NOT NULL,
    valid_to TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (payer_id, unit_id, valid_from),
    CHECK (valid_from < valid_to),
    CHECK (payer_id <> unit_id)
);
CREATE INDEX payer_ties_unit ON payer_ties (unit_id, valid_to);
