-- What became of budget units (更名、调整隶属、撤销、合并): who decided it, by which document, from which day on; for ever.
CREATE TABLE unit_changes (
    id BYTEA NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('renamed', 'moved', 'closed', 'merged')),
    unit_id BYTEA NOT NULL REFERENCES organisations (id),
    region_code TEXT COLLATE "C" NOT NULL,
    successor_id BYTEA REFERENCES organisations (id),
    name_before TEXT COLLATE "C" NOT NULL,
    name_after TEXT COLLATE "C" NOT NULL,
    parent_before BYTEA,
    parent_after BYTEA,
    effective_on TEXT COLLATE "C" NOT NULL,
    year BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    document_number TEXT COLLATE "C" NOT NULL,
    -- By how much the successor's year is beyond its ceiling of canteen money since then.
    beyond_fen BIGINT NOT NULL CHECK (beyond_fen >= 0),
    decided_by BYTEA NOT NULL,
    decided_org BYTEA NOT NULL,
    decided_at BIGINT NOT NULL,
    CHECK ((kind = 'merged') = (successor_id IS NOT NULL)),
    CHECK (successor_id IS NULL OR successor_id <> unit_id)
);
CREATE INDEX unit_changes_unit ON unit_changes (unit_id, id);
CREATE INDEX unit_changes_successor ON unit_changes (successor_id, id);
CREATE INDEX unit_changes_year ON unit_changes (year, id);

CREATE TRIGGER unit_changes_append_only BEFORE UPDATE OR DELETE ON unit_changes FOR EACH ROW EXECUTE FUNCTION refuse_change();
