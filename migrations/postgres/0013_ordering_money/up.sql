-- One bank transfer from a payer to a supplier, as the buyer reported it. effective_at: when it began to count (confirmed, or
-- deemed received after answer_by); reversed_at: when it stopped, because the supplier denied a deemed one.
CREATE TABLE payments (
    id BYTEA NOT NULL PRIMARY KEY,
    reporter_org BYTEA NOT NULL,
    payer_id BYTEA NOT NULL,
    supplier_id BYTEA NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    occurred_on TEXT COLLATE "C" NOT NULL,
    reported_at BIGINT NOT NULL,
    reported_by BYTEA NOT NULL,
    proof_file BYTEA,
    bank_reference TEXT COLLATE "C",
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('reported', 'confirmed', 'deemed', 'denied')),
    answer_by TEXT COLLATE "C" NOT NULL,
    decided_at BIGINT,
    decided_by BYTEA,
    reason TEXT COLLATE "C",
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
    payment_id BYTEA NOT NULL REFERENCES payments (id),
    order_id BYTEA NOT NULL REFERENCES orders (id),
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    PRIMARY KEY (payment_id, order_id)
);
CREATE INDEX payment_orders_order ON payment_orders (order_id);

-- Money the supplier sent back.
CREATE TABLE refunds (
    id BYTEA NOT NULL PRIMARY KEY,
    order_id BYTEA NOT NULL REFERENCES orders (id),
    return_id BYTEA REFERENCES returns (id),
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    occurred_on TEXT COLLATE "C" NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    bank_reference TEXT COLLATE "C"
);
CREATE INDEX refunds_order ON refunds (order_id);

-- The buyer's rating: one per order, 1 to 5 each.
CREATE TABLE ratings (
    id BYTEA NOT NULL PRIMARY KEY,
    order_id BYTEA NOT NULL UNIQUE REFERENCES orders (id),
    price BIGINT NOT NULL CHECK (price BETWEEN 1 AND 5),
    quality BIGINT NOT NULL CHECK (quality BETWEEN 1 AND 5),
    delivery BIGINT NOT NULL CHECK (delivery BETWEEN 1 AND 5),
    comment TEXT COLLATE "C" NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA NOT NULL
);

-- An invoice: code is empty for fully electronic ones, whose number has 20 digits. All amounts are negative on a red letter.
CREATE TABLE invoices (
    id BYTEA NOT NULL PRIMARY KEY,
    code TEXT COLLATE "C" NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    supplier_id BYTEA NOT NULL,
    payer_id BYTEA NOT NULL,
    issued_on TEXT COLLATE "C" NOT NULL,
    net_fen BIGINT NOT NULL,
    rate_ppm BIGINT CHECK (rate_ppm BETWEEN 0 AND 1000000),
    tax_fen BIGINT NOT NULL,
    gross_fen BIGINT NOT NULL CHECK (gross_fen <> 0),
    reverses BYTEA REFERENCES invoices (id),
    file_id BYTEA,
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA NOT NULL,
    recorded_org BYTEA NOT NULL,
    UNIQUE (code, number),
    CHECK ((reverses IS NULL) = (gross_fen > 0))
);
CREATE INDEX invoices_supplier ON invoices (supplier_id, id);
CREATE INDEX invoices_payer ON invoices (payer_id, id);

-- What of an invoice is for which line; line_no 0 is the order's freight.
CREATE TABLE invoice_lines (
    invoice_id BYTEA NOT NULL REFERENCES invoices (id),
    order_id BYTEA NOT NULL REFERENCES orders (id),
    line_no BIGINT NOT NULL CHECK (line_no >= 0),
    gross_fen BIGINT NOT NULL,
    PRIMARY KEY (invoice_id, order_id, line_no)
);
CREATE INDEX invoice_lines_order ON invoice_lines (order_id);

-- The facts of an order in the order in which they took effect, with the day each counts on and the rule rows that say so.
-- What happened stands in the fact's own table (subject_id); counting entries follow from both and from nothing else.
CREATE TABLE order_facts (
    order_id BYTEA NOT NULL REFERENCES orders (id),
    seq BIGINT NOT NULL CHECK (seq > 0),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('accepted', 'line_closed', 'returned', 'paid', 'payment_reversed', 'refunded', 'rated')),
    subject_id BYTEA NOT NULL,
    occurred_on TEXT COLLATE "C" NOT NULL,
    effective_on TEXT COLLATE "C" NOT NULL,
    counts_on TEXT COLLATE "C" NOT NULL,
    closes_on TEXT COLLATE "C" NOT NULL,
    late BOOLEAN NOT NULL,
    late_rule BYTEA NOT NULL,
    closing_rule BYTEA NOT NULL,
    PRIMARY KEY (order_id, seq),
    UNIQUE (order_id, kind, subject_id)
);
CREATE INDEX order_facts_late ON order_facts (effective_on, order_id, seq) WHERE late;


-- Small units in which, on days valid_from..valid_until, who accepts may also report the payment. Kept for ever; one that
-- was ended early holds no more from revoked_from on.
CREATE TABLE duty_exceptions (
    id BYTEA NOT NULL PRIMARY KEY,
    unit_id BYTEA NOT NULL REFERENCES organisations (id),
    region_code TEXT COLLATE "C" NOT NULL,
    granted_by BYTEA NOT NULL REFERENCES users (id),
    granted_by_org BYTEA NOT NULL REFERENCES organisations (id),
    granted_at BIGINT NOT NULL,
    valid_from TEXT COLLATE "C" NOT NULL,
    valid_until TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    rule_id BYTEA NOT NULL,
    revoked_from TEXT COLLATE "C",
    revoked_by BYTEA REFERENCES users (id),
    CHECK (valid_from <= valid_until),
    CHECK ((revoked_from IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX duty_exceptions_unit ON duty_exceptions (unit_id, valid_until);
CREATE INDEX duty_exceptions_region ON duty_exceptions (region_code, id);
CREATE TRIGGER order_facts_append_only BEFORE UPDATE OR DELETE ON order_facts FOR EACH ROW EXECUTE FUNCTION refuse_change();
