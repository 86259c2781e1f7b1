-- 最低采购承诺: what an organisation commits itself to buy in a year, declared to a poverty office. revision: the latest that was declared;
-- in_force: the latest that the office accepted.
CREATE TABLE purchase_commitments (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL REFERENCES organisations (id),
    org_region TEXT NOT NULL,
    office_id BLOB NOT NULL REFERENCES organisations (id),
    office_region TEXT NOT NULL,
    year BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('declared', 'returned', 'accepted', 'withdrawn')),
    revision BIGINT NOT NULL CHECK (revision > 0),
    in_force BIGINT,
    -- When it came into its state.
    since BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CHECK (in_force IS NULL OR in_force <= revision),
    CHECK (state <> 'accepted' OR in_force = revision),
    CHECK (state <> 'withdrawn' OR in_force IS NULL)
);
CREATE INDEX purchase_commitments_org ON purchase_commitments (org_id, year, id);
CREATE INDEX purchase_commitments_region ON purchase_commitments (office_region, year, id);
CREATE INDEX purchase_commitments_home ON purchase_commitments (org_region, year, id);
CREATE INDEX purchase_commitments_waiting ON purchase_commitments (office_id, since) WHERE state = 'declared';

-- What was declared, revision by revision; what the office decided about it is entered once.
CREATE TABLE purchase_commitment_revisions (
    commitment_id BLOB NOT NULL REFERENCES purchase_commitments (id),
    revision BIGINT NOT NULL CHECK (revision > 0),
    from_month TEXT NOT NULL,
    to_month TEXT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    -- Only goods of this region, or of this supplier.
    region_code TEXT,
    supplier_id BLOB REFERENCES organisations (id),
    reason TEXT,
    declared_by BLOB NOT NULL,
    declared_at BIGINT NOT NULL,
    verdict TEXT CHECK (verdict IN ('accept', 'return')),
    answer TEXT,
    decided_by BLOB,
    decided_at BIGINT,
    PRIMARY KEY (commitment_id, revision),
    CHECK (from_month <= to_month),
    CHECK (region_code IS NULL OR supplier_id IS NULL),
    CHECK (revision = 1 OR reason IS NOT NULL),
    CHECK ((verdict IS NULL) = (decided_at IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK (verdict <> 'return' OR answer IS NOT NULL)
);

-- sqlite only
CREATE TRIGGER purchase_commitment_revisions_decided BEFORE UPDATE ON purchase_commitment_revisions
    WHEN OLD.verdict IS NOT NULL OR NEW.amount_fen <> OLD.amount_fen OR NEW.from_month <> OLD.from_month OR NEW.to_month <> OLD.to_month
    BEGIN SELECT RAISE(ABORT, 'what was declared and decided stays'); END;
CREATE TRIGGER purchase_commitment_revisions_no_delete BEFORE DELETE ON purchase_commitment_revisions
    BEGIN SELECT RAISE(ABORT, 'what was declared and decided stays'); END;
-- end
