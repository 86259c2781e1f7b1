-- Chains of approvals (审批链): each row is an edition that holds from its day on until a later one does; for ever.
-- bands: from which amount, for which funds and purposes, which steps by whom.
CREATE TABLE approval_chains (
    id BYTEA NOT NULL PRIMARY KEY,
    unit_id BYTEA NOT NULL REFERENCES organisations (id),
    region_code TEXT COLLATE "C" NOT NULL,
    effective_from TEXT COLLATE "C" NOT NULL,
    bands TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    decided_by BYTEA NOT NULL,
    decided_org BYTEA NOT NULL,
    decided_at BIGINT NOT NULL
);
CREATE INDEX approval_chains_unit ON approval_chains (unit_id, effective_from, id);

-- Who approves in whose place, in one organisation and on which days.
CREATE TABLE approval_delegations (
    id BYTEA NOT NULL PRIMARY KEY,
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    from_user BYTEA NOT NULL,
    to_user BYTEA NOT NULL,
    valid_from TEXT COLLATE "C" NOT NULL,
    valid_until TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    delegated_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by BYTEA,
    CHECK (from_user <> to_user),
    CHECK (valid_from <= valid_until),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX approval_delegations_days ON approval_delegations (org_id, valid_until);
CREATE INDEX approval_delegations_org ON approval_delegations (org_id, id);

CREATE TRIGGER approval_chains_append_only BEFORE UPDATE OR DELETE ON approval_chains FOR EACH ROW EXECUTE FUNCTION refuse_change();
