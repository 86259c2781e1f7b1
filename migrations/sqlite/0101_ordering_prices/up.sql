-- 改价: a change of prices of a placed order, proposed by one side and answered by the other; a raise that reaches an amount from which
-- on orders need approvals waits for one of the buyer's as well.
CREATE TABLE order_price_changes (
    id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL REFERENCES orders (id),
    side TEXT NOT NULL CHECK (side IN ('buyer', 'supplier')),
    proposed_by BLOB NOT NULL,
    proposed_org BLOB NOT NULL REFERENCES organisations (id),
    proposed_at BIGINT NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'approving', 'agreed', 'refused', 'withdrawn', 'superseded')),
    answered_by BLOB,
    answered_at BIGINT,
    -- Why it was refused, rejected or withdrawn.
    answer TEXT,
    approved_by BLOB,
    -- In whose place; the same person when in nobody's.
    approved_for BLOB,
    approved_at BIGINT,
    ended_at BIGINT,
    CHECK ((state IN ('open', 'approving')) = (ended_at IS NULL)),
    CHECK (state <> 'open' OR answered_at IS NULL)
);
CREATE UNIQUE INDEX order_price_changes_open ON order_price_changes (order_id) WHERE state IN ('open', 'approving');
CREATE INDEX order_price_changes_order ON order_price_changes (order_id, id);
-- Of a line either another price of a unit (before_fen: the one that it replaces), or what is allowed of what was accepted; line 0 is
-- the freight, of which a part is allowed.
CREATE TABLE order_price_change_lines (
    change_id BLOB NOT NULL REFERENCES order_price_changes (id),
    line_no BIGINT NOT NULL CHECK (line_no >= 0),
    before_fen BIGINT CHECK (before_fen >= 0),
    unit_price_fen BIGINT CHECK (unit_price_fen > 0),
    allowance_fen BIGINT CHECK (allowance_fen > 0),
    PRIMARY KEY (change_id, line_no),
    CHECK ((unit_price_fen IS NULL) <> (allowance_fen IS NULL)),
    CHECK ((unit_price_fen IS NULL) = (before_fen IS NULL))
);
-- Who may approve a raise: a person, or without one any manager of the organisation.
CREATE TABLE order_price_change_approvers (
    change_id BLOB NOT NULL REFERENCES order_price_changes (id),
    place BIGINT NOT NULL,
    org_id BLOB NOT NULL,
    user_id BLOB,
    PRIMARY KEY (change_id, place)
);
CREATE INDEX order_price_change_approvers_org ON order_price_change_approvers (org_id, user_id, change_id);
-- The change of prices that an allowance follows from.
ALTER TABLE order_allowances ADD COLUMN price_change_id BLOB REFERENCES order_price_changes (id);
