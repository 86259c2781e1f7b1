-- 以购代捐: who gets the goods of an order (受益单位), and what it says it received. One recipient an order; corrected before anything
-- is shipped.
CREATE TABLE order_recipients (
    order_id BLOB NOT NULL PRIMARY KEY REFERENCES orders (id),
    -- An organisation of the platform, or one that is none.
    org_id BLOB REFERENCES organisations (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('school', 'hospital', 'community', 'care_home', 'other')),
    region_code TEXT NOT NULL,
    credit_code TEXT,
    contact TEXT NOT NULL,
    phone TEXT NOT NULL,
    named_by BLOB NOT NULL,
    named_at BIGINT NOT NULL,
    corrected_by BLOB,
    corrected_at BIGINT,
    CHECK ((corrected_by IS NULL) = (corrected_at IS NULL))
);
CREATE INDEX order_recipients_org ON order_recipients (org_id, order_id) WHERE org_id IS NOT NULL;

-- 签收: what the recipient received, told by itself or by its signed paper; only added to. corrects: what a further entry puts right.
CREATE TABLE order_receipts (
    id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL REFERENCES order_recipients (order_id),
    receipt_no BIGINT NOT NULL CHECK (receipt_no > 0),
    corrects BLOB REFERENCES order_receipts (id),
    occurred_on TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BLOB NOT NULL,
    recorded_org BLOB NOT NULL,
    by_recipient BOOLEAN NOT NULL,
    signed_by TEXT NOT NULL,
    proof_file BLOB REFERENCES files (id),
    reason TEXT,
    UNIQUE (order_id, receipt_no),
    CHECK (by_recipient OR proof_file IS NOT NULL),
    CHECK ((corrects IS NULL) = (reason IS NULL))
);
-- Of a correction the difference, which may be less than nothing.
CREATE TABLE order_receipt_lines (
    receipt_id BLOB NOT NULL REFERENCES order_receipts (id),
    line_id BLOB NOT NULL REFERENCES order_lines (id),
    quantity BIGINT NOT NULL CHECK (quantity <> 0),
    PRIMARY KEY (receipt_id, line_id)
);
CREATE INDEX order_receipt_lines_line ON order_receipt_lines (line_id);

-- sqlite only
CREATE TRIGGER order_receipts_no_update BEFORE UPDATE ON order_receipts BEGIN SELECT RAISE(ABORT, 'order_receipts is append-only'); END;
CREATE TRIGGER order_receipts_no_delete BEFORE DELETE ON order_receipts BEGIN SELECT RAISE(ABORT, 'order_receipts is append-only'); END;
CREATE TRIGGER order_receipt_lines_no_update BEFORE UPDATE ON order_receipt_lines BEGIN SELECT RAISE(ABORT, 'order_receipt_lines is append-only'); END;
CREATE TRIGGER order_receipt_lines_no_delete BEFORE DELETE ON order_receipt_lines BEGIN SELECT RAISE(ABORT, 'order_receipt_lines is append-only'); END;
-- end
