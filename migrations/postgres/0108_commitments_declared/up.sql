-- 最低采购承诺: what an organisation commits itself to buy in a year, declared to a poverty office. revision: the latest that was declared;
-- in_force: the latest that the office accepted.
CREATE TABLE purchase_commitments (
    id BYTEA NOT NULL PRIMARY KEY,
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    org_region TEXT COLLATE "C" NOT NULL,
    office_id BYTEA NOT NULL REFERENCES organisations (id),
    office_region TEXT COLLATE "C" NOT NULL,
    year BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('declared', 'returned', 'accepted', 'withdrawn')),
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
    commitment_id BYTEA NOT NULL REFERENCES purchase_commitments (id),
    revision BIGINT NOT NULL CHECK (revision > 0),
    from_month TEXT COLLATE "C" NOT NULL,
    to_month TEXT COLLATE "C" NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    -- Only goods of this region, or of this supplier.
    region_code TEXT COLLATE "C",
    supplier_id BYTEA REFERENCES organisations (id),
    reason TEXT COLLATE "C",
    declared_by BYTEA NOT NULL,
    declared_at BIGINT NOT NULL,
    verdict TEXT COLLATE "C" CHECK (verdict IN ('accept', 'return')),
    answer TEXT COLLATE "C",
    decided_by BYTEA,
    decided_at BIGINT,
    PRIMARY KEY (commitment_id, revision),
    CHECK (from_month <= to_month),
    CHECK (region_code IS NULL OR supplier_id IS NULL),
    CHECK (revision = 1 OR reason IS NOT NULL),
    CHECK ((verdict IS NULL) = (decided_at IS NULL)),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
    CHECK (verdict <> 'return' OR answer IS NOT NULL)
);

CREATE TRIGGER purchase_commitment_revisions_decided BEFORE UPDATE ON purchase_commitment_revisions FOR EACH ROW
    WHEN (OLD.verdict IS NOT NULL OR NEW.amount_fen <> OLD.amount_fen OR NEW.from_month <> OLD.from_month OR NEW.to_month <> OLD.to_month)
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER purchase_commitment_revisions_no_delete BEFORE DELETE ON purchase_commitment_revisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
