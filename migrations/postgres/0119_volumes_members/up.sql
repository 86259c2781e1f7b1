-- Which organisations buy as a designated unit (定点帮扶单位), from when until when: it and its subsidiaries, each entered by the office.
-- Those entered before have bought for it as long as it has been a partner.
CREATE TABLE pairing_members (
    pairing_id BYTEA NOT NULL REFERENCES pairings (id),
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    valid_from TEXT COLLATE "C" NOT NULL,
    -- The first day on which it no longer buys for it; none while it does.
    valid_to TEXT COLLATE "C",
    added_by BYTEA NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (pairing_id, org_id, valid_from),
    CHECK (valid_to IS NULL OR valid_to > valid_from)
);
INSERT INTO pairing_members (pairing_id, org_id, valid_from, valid_to, added_by, added_at)
SELECT u.pairing_id, u.org_id, p.valid_from, NULL, u.added_by, u.added_at FROM pairing_units u JOIN pairings p ON p.id = u.pairing_id;
DROP TABLE pairing_units;
