-- Which organisations buy as a designated unit (定点帮扶单位): it and its subsidiaries, each entered by the office.
CREATE TABLE pairing_units (
    pairing_id BYTEA NOT NULL REFERENCES pairings (id),
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    added_by BYTEA NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (pairing_id, org_id)
);
