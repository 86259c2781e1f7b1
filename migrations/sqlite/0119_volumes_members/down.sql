-- Without days; whoever bought for a unit once does so all the time.
CREATE TABLE pairing_units (
    pairing_id BLOB NOT NULL REFERENCES pairings (id),
    org_id BLOB NOT NULL REFERENCES organisations (id),
    added_by BLOB NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (pairing_id, org_id)
);
INSERT INTO pairing_units (pairing_id, org_id, added_by, added_at)
SELECT m.pairing_id, m.org_id, m.added_by, m.added_at FROM pairing_members m
WHERE NOT EXISTS (SELECT 1 FROM pairing_members e WHERE e.pairing_id = m.pairing_id AND e.org_id = m.org_id AND e.valid_from < m.valid_from);
DROP TABLE pairing_members;
