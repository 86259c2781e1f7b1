-- 争议: what of an accepted, unpaid amount is not due while the parties disagree. withheld_fen is what a line's dispute keeps from
-- being due: its amount, less what a settlement or withdrawal freed and what was returned of its goods since.
CREATE TABLE disputes (
    id BYTEA NOT NULL PRIMARY KEY,
    order_id BYTEA NOT NULL REFERENCES orders (id),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('quality', 'quantity', 'price', 'late', 'papers', 'other')),
    side TEXT COLLATE "C" NOT NULL CHECK (side IN ('buyer', 'supplier')),
    opened_by BYTEA NOT NULL,
    opened_org BYTEA NOT NULL REFERENCES organisations (id),
    opened_at BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'settled', 'withdrawn')),
    closed_at BIGINT,
    -- What became due again, and when.
    freed_fen BIGINT NOT NULL CHECK (freed_fen BETWEEN 0 AND amount_fen),
    freed_on TEXT COLLATE "C",
    CHECK ((state = 'open') = (closed_at IS NULL)),
    CHECK ((state = 'open') = (freed_on IS NULL))
);
CREATE INDEX disputes_order ON disputes (order_id, id);
CREATE TABLE dispute_lines (
    dispute_id BYTEA NOT NULL REFERENCES disputes (id),
    -- 0 is the freight.
    line_no BIGINT NOT NULL CHECK (line_no >= 0),
    amount_fen BIGINT NOT NULL,
    withheld_fen BIGINT NOT NULL CHECK (withheld_fen BETWEEN 0 AND amount_fen),
    PRIMARY KEY (dispute_id, line_no)
);
-- What was said, in its order.
CREATE TABLE dispute_entries (
    id BYTEA NOT NULL PRIMARY KEY,
    dispute_id BYTEA NOT NULL REFERENCES disputes (id),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('opened', 'statement', 'mediation', 'refused', 'agreed', 'withdrawn')),
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    user_id BYTEA NOT NULL,
    at BIGINT NOT NULL,
    text TEXT COLLATE "C" NOT NULL
);
CREATE INDEX dispute_entries_dispute ON dispute_entries (dispute_id, id);
CREATE TABLE dispute_files (
    entry_id BYTEA NOT NULL REFERENCES dispute_entries (id),
    file_id BYTEA NOT NULL REFERENCES files (id),
    PRIMARY KEY (entry_id, file_id)
);
CREATE TABLE dispute_settlements (
    id BYTEA NOT NULL PRIMARY KEY,
    dispute_id BYTEA NOT NULL REFERENCES disputes (id),
    side TEXT COLLATE "C" NOT NULL CHECK (side IN ('buyer', 'supplier')),
    proposed_by BYTEA NOT NULL,
    proposed_org BYTEA NOT NULL REFERENCES organisations (id),
    proposed_at BIGINT NOT NULL,
    remedy TEXT COLLATE "C" NOT NULL CHECK (remedy IN ('none', 'return', 'short_closure', 'refund', 'other')),
    text TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'agreed', 'refused', 'superseded')),
    answered_by BYTEA,
    answered_at BIGINT
);
CREATE UNIQUE INDEX dispute_settlements_open ON dispute_settlements (dispute_id) WHERE state = 'open';
CREATE INDEX dispute_settlements_dispute ON dispute_settlements (dispute_id, id);
CREATE TABLE dispute_settlement_lines (
    settlement_id BYTEA NOT NULL REFERENCES dispute_settlements (id),
    line_no BIGINT NOT NULL,
    payable_fen BIGINT NOT NULL CHECK (payable_fen >= 0),
    PRIMARY KEY (settlement_id, line_no)
);
