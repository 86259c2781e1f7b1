-- One bank transfer from a payer to a supplier, as the buyer reported it. effective_at: when it began to count (confirmed, or
-- deemed received after answer_by); reversed_at: when it stopped, because the supplier denied a deemed one.
CREATE TABLE payments (
    id BLOB NOT NULL PRIMARY KEY,
    reporter_org BLOB NOT NULL,
    payer_id BLOB NOT NULL,
    supplier_id BLOB NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    occurred_on TEXT NOT NULL,
    reported_at BIGINT NOT NULL,
    reported_by BLOB NOT NULL,
    proof_file BLOB,
    bank_reference TEXT,
    state TEXT NOT NULL CHECK (state IN ('reported', 'confirmed', 'deemed', 'denied')),
    answer_by TEXT NOT NULL,
    decided_at BIGINT,
    decided_by BLOB,
    reason TEXT,
    effective_at BIGINT,
    reversed_at BIGINT,
    version BIGINT NOT NULL,
    CHECK (state <> 'deemed' OR proof_file IS NOT NULL),
    CHECK ((state IN ('confirmed', 'deemed')) = (effective_at IS NOT NULL AND reversed_at IS NULL))
);
CREATE INDEX payments_answer ON payments (answer_by, id) WHERE state = 'reported';
-- One bank movement is reported once; a denied report may be repeated.
CREATE UNIQUE INDEX payments_reference ON payments (payer_id, supplier_id, bank_reference)
    WHERE state <> 'denied' AND bank_reference IS NOT NULL;
CREATE INDEX payments_reporter ON payments (reporter_org, id);
CREATE INDEX payments_payer ON payments (payer_id, id);
CREATE INDEX payments_supplier ON payments (supplier_id, id);

-- What of a transfer is for which order; the parts sum to the transfer.
CREATE TABLE payment_orders (
    payment_id BLOB NOT NULL REFERENCES payments (id),
    order_id BLOB NOT NULL REFERENCES orders (id),
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    PRIMARY KEY (payment_id, order_id)
);
CREATE INDEX payment_orders_order ON payment_orders (order_id);

-- Money the supplier sent back.
CREATE TABLE refunds (
    id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL REFERENCES orders (id),
    return_id BLOB REFERENCES returns (id),
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    occurred_on TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BLOB NOT NULL,
    reason TEXT NOT NULL,
    bank_reference TEXT
);
CREATE INDEX refunds_order ON refunds (order_id);

-- The buyer's rating: one per order, 1 to 5 each.
CREATE TABLE ratings (
    id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL UNIQUE REFERENCES orders (id),
    price BIGINT NOT NULL CHECK (price BETWEEN 1 AND 5),
    quality BIGINT NOT NULL CHECK (quality BETWEEN 1 AND 5),
    delivery BIGINT NOT NULL CHECK (delivery BETWEEN 1 AND 5),
    comment TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BLOB NOT NULL
);

-- An invoice: code is empty for fully electronic ones, whose number has 20 digits. All amounts are negative on a red letter.
CREATE TABLE invoices (
    id BLOB NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    number TEXT NOT NULL,
    supplier_id BLOB NOT NULL,
    payer_id BLOB NOT NULL,
    issued_on TEXT NOT NULL,
    net_fen BIGINT NOT NULL,
    rate_ppm BIGINT CHECK (rate_ppm BETWEEN 0 AND 1000000),
    tax_fen BIGINT NOT NULL,
    gross_fen BIGINT NOT NULL CHECK (gross_fen <> 0),
    reverses BLOB REFERENCES invoices (id),
    file_id BLOB,
    recorded_at BIGINT NOT NULL,
    recorded_by BLOB NOT NULL,
    recorded_org BLOB NOT NULL,
    UNIQUE (code, number),
    CHECK ((reverses IS NULL) = (gross_fen > 0))
);
CREATE INDEX invoices_supplier ON invoices (supplier_id, id);
CREATE INDEX invoices_payer ON invoices (payer_id, id);

-- What of an invoice is for which line; line_no 0 is the order's freight.
CREATE TABLE invoice_lines (
    invoice_id BLOB NOT NULL REFERENCES invoices (id),
    order_id BLOB NOT NULL REFERENCES orders (id),
    line_no BIGINT NOT NULL CHECK (line_no >= 0),
    gross_fen BIGINT NOT NULL,
    PRIMARY KEY (invoice_id, order_id, line_no)
);
CREATE INDEX invoice_lines_order ON invoice_lines (order_id);

-- The facts of an order in the order in which they took effect, with the day each counts on and the rule rows that say so.
-- What happened stands in the fact's own table (subject_id); counting entries follow from both and from nothing else.
CREATE TABLE order_facts (
    order_id BLOB NOT NULL REFERENCES orders (id),
    seq BIGINT NOT NULL CHECK (seq > 0),
    kind TEXT NOT NULL CHECK (kind IN ('accepted', 'line_closed', 'returned', 'paid', 'payment_reversed', 'refunded', 'rated')),
    subject_id BLOB NOT NULL,
    occurred_on TEXT NOT NULL,
    effective_on TEXT NOT NULL,
    counts_on TEXT NOT NULL,
    closes_on TEXT NOT NULL,
    late BOOLEAN NOT NULL,
    late_rule BLOB NOT NULL,
    closing_rule BLOB NOT NULL,
    PRIMARY KEY (order_id, seq),
    UNIQUE (order_id, kind, subject_id)
);
CREATE INDEX order_facts_late ON order_facts (effective_on, order_id, seq) WHERE late;

-- sqlite only
CREATE TRIGGER order_facts_no_update BEFORE UPDATE ON order_facts BEGIN SELECT RAISE(ABORT, 'order_facts is append-only'); END;
CREATE TRIGGER order_facts_no_delete BEFORE DELETE ON order_facts BEGIN SELECT RAISE(ABORT, 'order_facts is append-only'); END;
-- end

-- Small units in which, on days valid_from..valid_until, who accepts may also report the payment. Kept for ever; one that
-- was ended early holds no more from revoked_from on.
CREATE TABLE duty_exceptions (
    id BLOB NOT NULL PRIMARY KEY,
    unit_id BLOB NOT NULL REFERENCES organisations (id),
    region_code TEXT NOT NULL,
    granted_by BLOB NOT NULL REFERENCES users (id),
    granted_by_org BLOB NOT NULL REFERENCES organisations (id),
    granted_at BIGINT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    reason TEXT NOT NULL,
    rule_id BLOB NOT NULL,
    revoked_from TEXT,
    revoked_by BLOB REFERENCES users (id),
    CHECK (valid_from <= valid_until),
    CHECK ((revoked_from IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX duty_exceptions_unit ON duty_exceptions (unit_id, valid_until);
CREATE INDEX duty_exceptions_region ON duty_exceptions (region_code, id);
