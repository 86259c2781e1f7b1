-- Chains of approvals (审批链): each row is an edition that holds from its day on until a later one does; for ever.
-- bands: from which amount, for which funds and purposes, which steps by whom.
CREATE TABLE approval_chains (
    id BLOB NOT NULL PRIMARY KEY,
    unit_id BLOB NOT NULL REFERENCES organisations (id),
    region_code TEXT NOT NULL,
    effective_from TEXT NOT NULL,
    bands TEXT NOT NULL,
    reason TEXT NOT NULL,
    decided_by BLOB NOT NULL,
    decided_org BLOB NOT NULL,
    decided_at BIGINT NOT NULL
);
CREATE INDEX approval_chains_unit ON approval_chains (unit_id, effective_from, id);

-- Who approves in whose place, in one organisation and on which days.
CREATE TABLE approval_delegations (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL REFERENCES organisations (id),
    from_user BLOB NOT NULL,
    to_user BLOB NOT NULL,
    valid_from TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    reason TEXT NOT NULL,
    delegated_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by BLOB,
    CHECK (from_user <> to_user),
    CHECK (valid_from <= valid_until),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX approval_delegations_days ON approval_delegations (org_id, valid_until);
CREATE INDEX approval_delegations_org ON approval_delegations (org_id, id);

-- sqlite only
CREATE TRIGGER approval_chains_no_update BEFORE UPDATE ON approval_chains BEGIN SELECT RAISE(ABORT, 'approval_chains is append-only'); END;
CREATE TRIGGER approval_chains_no_delete BEFORE DELETE ON approval_chains BEGIN SELECT RAISE(ABORT, 'approval_chains is append-only'); END;
-- end
