-- What became of budget units (更名、调整隶属、撤销、合并): who decided it, by which document, from which day on; for ever.
CREATE TABLE unit_changes (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('renamed', 'moved', 'closed', 'merged')),
    unit_id BLOB NOT NULL REFERENCES organisations (id),
    region_code TEXT NOT NULL,
    successor_id BLOB REFERENCES organisations (id),
    name_before TEXT NOT NULL,
    name_after TEXT NOT NULL,
    parent_before BLOB,
    parent_after BLOB,
    effective_on TEXT NOT NULL,
    year BIGINT NOT NULL,
    reason TEXT NOT NULL,
    document_number TEXT NOT NULL,
    -- By how much the successor's year is beyond its ceiling of canteen money since then.
    beyond_fen BIGINT NOT NULL CHECK (beyond_fen >= 0),
    decided_by BLOB NOT NULL,
    decided_org BLOB NOT NULL,
    decided_at BIGINT NOT NULL,
    CHECK ((kind = 'merged') = (successor_id IS NOT NULL)),
    CHECK (successor_id IS NULL OR successor_id <> unit_id)
);
CREATE INDEX unit_changes_unit ON unit_changes (unit_id, id);
CREATE INDEX unit_changes_successor ON unit_changes (successor_id, id);
CREATE INDEX unit_changes_year ON unit_changes (year, id);

-- sqlite only
CREATE TRIGGER unit_changes_no_update BEFORE UPDATE ON unit_changes BEGIN SELECT RAISE(ABORT, 'unit_changes is append-only'); END;
CREATE TRIGGER unit_changes_no_delete BEFORE DELETE ON unit_changes BEGIN SELECT RAISE(ABORT, 'unit_changes is append-only'); END;
-- end
