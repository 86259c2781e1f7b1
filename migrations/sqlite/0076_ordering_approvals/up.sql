-- What an order that needs approvals froze at placement, and which step is open since when.
-- amount_fen: what the whole request comes to with freight; it decides, so that splitting over suppliers evades nothing.
-- steps: for each step how many must approve.
CREATE TABLE order_approval_plans (
    order_id BLOB NOT NULL PRIMARY KEY REFERENCES orders (id),
    chain_id BLOB,
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    needed TEXT NOT NULL,
    step BIGINT NOT NULL CHECK (step >= 1),
    opened_on TEXT NOT NULL
);

-- Who may take a step of an order: a person, or without one any manager of the organisation.
CREATE TABLE order_approvers (
    order_id BLOB NOT NULL REFERENCES orders (id),
    step BIGINT NOT NULL,
    place BIGINT NOT NULL,
    org_id BLOB NOT NULL,
    user_id BLOB,
    PRIMARY KEY (order_id, step, place)
);
CREATE INDEX order_approvers_org ON order_approvers (org_id, user_id, order_id);

-- What was decided: one person decides once in a step, and is decided for once.
CREATE TABLE order_approvals (
    id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL REFERENCES orders (id),
    step BIGINT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('approve', 'reject')),
    reason TEXT,
    decided_by BLOB NOT NULL,
    decided_org BLOB NOT NULL,
    for_user BLOB NOT NULL,
    delegation_id BLOB REFERENCES approval_delegations (id),
    decided_at BIGINT NOT NULL,
    UNIQUE (order_id, step, decided_by),
    UNIQUE (order_id, step, for_user),
    CHECK ((delegation_id IS NULL) = (decided_by = for_user)),
    CHECK (verdict = 'approve' OR reason IS NOT NULL)
);

-- sqlite only
CREATE TRIGGER order_approvals_no_update BEFORE UPDATE ON order_approvals BEGIN SELECT RAISE(ABORT, 'order_approvals is append-only'); END;
CREATE TRIGGER order_approvals_no_delete BEFORE DELETE ON order_approvals BEGIN SELECT RAISE(ABORT, 'order_approvals is append-only'); END;

-- Further states of an order. Only the words of a constraint change, nothing that is stored: SQLite's own advice for that is to
-- rewrite the text of the schema, instead of building anew a table that eleven others refer to.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql,
    '''placed'', ''confirmed'', ''declined'', ''expired'', ''cancelled'', ''closed''',
    '''placed'', ''confirmed'', ''declined'', ''expired'', ''cancelled'', ''closed'', ''awaiting_approval'', ''rejected'', ''lapsed'', ''withdrawn''')
    WHERE type = 'table' AND name = 'orders';
PRAGMA writable_schema = RESET;
-- end
