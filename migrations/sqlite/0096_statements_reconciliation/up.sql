-- 对账单: what a supplier states of the accepted goods of one buyer, who pays for them, and one period. Whoever states for a
-- supplier waits at its desk for the one before.
CREATE TABLE statement_desks (
    supplier_id BLOB NOT NULL PRIMARY KEY REFERENCES organisations (id),
    version BIGINT NOT NULL
);
CREATE TABLE statements (
    id BLOB NOT NULL PRIMARY KEY,
    supplier_id BLOB NOT NULL REFERENCES organisations (id),
    buyer_id BLOB NOT NULL REFERENCES organisations (id),
    buyer_region TEXT NOT NULL,
    payer_id BLOB NOT NULL REFERENCES organisations (id),
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'differing', 'confirmed', 'withdrawn')),
    revision BIGINT NOT NULL CHECK (revision >= 1),
    -- The last revision that the buyer was shown; 0 until then.
    submitted_revision BIGINT NOT NULL CHECK (submitted_revision BETWEEN 0 AND revision),
    drafted_at BIGINT NOT NULL,
    confirmed_by BLOB,
    confirmed_at BIGINT,
    withdrawn_by BLOB,
    withdrawn_at BIGINT,
    withdrawal_reason TEXT,
    version BIGINT NOT NULL,
    CHECK (supplier_id <> buyer_id AND first_day <= last_day),
    CHECK (state <> 'draft' OR submitted_revision = 0),
    CHECK (state <> 'differing' OR submitted_revision > 0),
    CHECK (state NOT IN ('submitted', 'confirmed') OR submitted_revision = revision),
    CHECK ((state = 'confirmed') = (confirmed_by IS NOT NULL) AND (confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CHECK ((state = 'withdrawn') = (withdrawn_by IS NOT NULL) AND (withdrawn_by IS NULL) = (withdrawn_at IS NULL))
);
CREATE INDEX statements_supplier ON statements (supplier_id, id);
CREATE INDEX statements_buyer ON statements (buyer_id, id);
CREATE INDEX statements_payer ON statements (payer_id, id);

-- What was stated, edition by edition: the orders that were left out, sums in fen, and what became of it.
CREATE TABLE statement_revisions (
    statement_id BLOB NOT NULL REFERENCES statements (id),
    revision BIGINT NOT NULL CHECK (revision >= 1),
    left_out TEXT NOT NULL,
    note TEXT,
    drafted_by BLOB NOT NULL,
    drafted_at BIGINT NOT NULL,
    submitted_by BLOB,
    submitted_at BIGINT,
    answered_by BLOB,
    answered_at BIGINT,
    lines BIGINT NOT NULL CHECK (lines > 0),
    amount_fen BIGINT NOT NULL,
    returned_fen BIGINT NOT NULL,
    disputed_fen BIGINT NOT NULL,
    paid_fen BIGINT NOT NULL,
    reported_fen BIGINT NOT NULL,
    invoiced_fen BIGINT NOT NULL,
    payable_fen BIGINT NOT NULL CHECK (payable_fen = amount_fen - returned_fen - disputed_fen - paid_fen - reported_fen),
    PRIMARY KEY (statement_id, revision),
    CHECK ((submitted_by IS NULL) = (submitted_at IS NULL) AND (answered_by IS NULL) = (answered_at IS NULL)),
    CHECK (answered_by IS NULL OR submitted_by IS NOT NULL)
);

-- What was accepted of an order's line by an acceptance, and what stood against it; order line 0 is the freight, which goes with
-- the first acceptance. Never changed.
CREATE TABLE statement_lines (
    statement_id BLOB NOT NULL,
    revision BIGINT NOT NULL,
    line_no BIGINT NOT NULL CHECK (line_no >= 1),
    order_id BLOB NOT NULL REFERENCES orders (id),
    order_line_no BIGINT NOT NULL CHECK (order_line_no >= 0),
    acceptance_id BLOB NOT NULL REFERENCES acceptances (id),
    accepted_on TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    unit_price_fen BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    returned_quantity BIGINT NOT NULL,
    returned_fen BIGINT NOT NULL CHECK (returned_fen >= 0),
    disputed_fen BIGINT NOT NULL CHECK (disputed_fen >= 0),
    paid_fen BIGINT NOT NULL CHECK (paid_fen >= 0),
    reported_fen BIGINT NOT NULL CHECK (reported_fen >= 0),
    invoiced_fen BIGINT NOT NULL CHECK (invoiced_fen >= 0),
    PRIMARY KEY (statement_id, revision, line_no),
    UNIQUE (statement_id, revision, acceptance_id, order_line_no),
    FOREIGN KEY (statement_id, revision) REFERENCES statement_revisions (statement_id, revision),
    CHECK (amount_fen >= returned_fen + disputed_fen + paid_fen + reported_fen)
);

-- In what buyer and server differ from a revision. Never changed.
CREATE TABLE statement_differences (
    statement_id BLOB NOT NULL,
    revision BIGINT NOT NULL,
    position BIGINT NOT NULL,
    -- The line of the statement; of goods that were accepted since there is none.
    line_no BIGINT,
    order_id BLOB NOT NULL REFERENCES orders (id),
    order_line_no BIGINT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('buyer', 'records')),
    kind TEXT NOT NULL CHECK (kind IN ('accepted_since', 'returned_since', 'in_dispute', 'already_paid', 'claimed')),
    stated_fen BIGINT NOT NULL,
    found_fen BIGINT,
    found_quantity BIGINT,
    reason TEXT,
    PRIMARY KEY (statement_id, revision, position),
    FOREIGN KEY (statement_id, revision) REFERENCES statement_revisions (statement_id, revision),
    CHECK ((source = 'buyer') = (kind = 'claimed') AND (source = 'buyer') = (reason IS NOT NULL)),
    CHECK (source = 'buyer' OR found_fen IS NOT NULL)
);

-- An acceptance stands in one statement at most that was not withdrawn.
CREATE TABLE statement_acceptances (
    acceptance_id BLOB NOT NULL PRIMARY KEY REFERENCES acceptances (id),
    statement_id BLOB NOT NULL REFERENCES statements (id),
    order_id BLOB NOT NULL REFERENCES orders (id)
);
CREATE INDEX statement_acceptances_statement ON statement_acceptances (statement_id);

-- Invoices and transfers that were filed for a confirmed statement.
CREATE TABLE statement_invoices (
    invoice_id BLOB NOT NULL PRIMARY KEY REFERENCES invoices (id),
    statement_id BLOB NOT NULL REFERENCES statements (id)
);
CREATE INDEX statement_invoices_statement ON statement_invoices (statement_id);
CREATE TABLE statement_payments (
    payment_id BLOB NOT NULL PRIMARY KEY REFERENCES payments (id),
    statement_id BLOB NOT NULL REFERENCES statements (id)
);
CREATE INDEX statement_payments_statement ON statement_payments (statement_id);

-- sqlite only
CREATE TRIGGER statement_lines_no_update BEFORE UPDATE ON statement_lines BEGIN SELECT RAISE(ABORT, 'statement_lines is append-only'); END;
CREATE TRIGGER statement_lines_no_delete BEFORE DELETE ON statement_lines BEGIN SELECT RAISE(ABORT, 'statement_lines is append-only'); END;
CREATE TRIGGER statement_differences_no_update BEFORE UPDATE ON statement_differences BEGIN SELECT RAISE(ABORT, 'statement_differences is append-only'); END;
CREATE TRIGGER statement_differences_no_delete BEFORE DELETE ON statement_differences BEGIN SELECT RAISE(ABORT, 'statement_differences is append-only'); END;
-- end
