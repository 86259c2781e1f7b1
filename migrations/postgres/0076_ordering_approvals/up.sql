-- What an order that needs approvals froze at placement, and which step is open since when.
-- amount_fen: what the whole request comes to with freight; it decides, so that splitting over suppliers evades nothing.
-- steps: for each step how many must approve.
CREATE TABLE order_approval_plans (
    order_id BYTEA NOT NULL PRIMARY KEY REFERENCES orders (id),
    chain_id BYTEA,
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    needed TEXT COLLATE "C" NOT NULL,
    step BIGINT NOT NULL CHECK (step >= 1),
    opened_on TEXT COLLATE "C" NOT NULL
);

-- Who may take a step of an order: a person, or without one any manager of the organisation.
CREATE TABLE order_approvers (
    order_id BYTEA NOT NULL REFERENCES orders (id),
    step BIGINT NOT NULL,
    place BIGINT NOT NULL,
    org_id BYTEA NOT NULL,
    user_id BYTEA,
    PRIMARY KEY (order_id, step, place)
);
CREATE INDEX order_approvers_org ON order_approvers (org_id, user_id, order_id);

-- What was decided: one person decides once in a step, and is decided for once.
CREATE TABLE order_approvals (
    id BYTEA NOT NULL PRIMARY KEY,
    order_id BYTEA NOT NULL REFERENCES orders (id),
    step BIGINT NOT NULL,
    verdict TEXT COLLATE "C" NOT NULL CHECK (verdict IN ('approve', 'reject')),
    reason TEXT COLLATE "C",
    decided_by BYTEA NOT NULL,
    decided_org BYTEA NOT NULL,
    for_user BYTEA NOT NULL,
    delegation_id BYTEA REFERENCES approval_delegations (id),
    decided_at BIGINT NOT NULL,
    UNIQUE (order_id, step, decided_by),
    UNIQUE (order_id, step, for_user),
    CHECK ((delegation_id IS NULL) = (decided_by = for_user)),
    CHECK (verdict = 'approve' OR reason IS NOT NULL)
);

CREATE TRIGGER order_approvals_append_only BEFORE UPDATE OR DELETE ON order_approvals FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE orders DROP CONSTRAINT orders_state_check;
ALTER TABLE orders ADD CONSTRAINT orders_state_check CHECK (state IN ('placed', 'confirmed', 'declined', 'expired', 'cancelled', 'closed', 'awaiting_approval', 'rejected', 'lapsed', 'withdrawn'));
