-- 自始无效: what annulled certificates mean for the lines that froze them at placement. Amounts are what stood under the old
-- standing when it was posted.
CREATE TABLE order_annulments (
    id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL REFERENCES orders (id),
    certificate_id BLOB NOT NULL,
    number TEXT NOT NULL,
    ground TEXT NOT NULL CHECK (ground IN ('certification_false', 'origin_false')),
    decided_on TEXT NOT NULL,
    posted_at BIGINT NOT NULL,
    UNIQUE (order_id, certificate_id)
);
CREATE INDEX order_annulments_certificate ON order_annulments (certificate_id, order_id);
CREATE TABLE order_annulment_lines (
    annulment_id BLOB NOT NULL REFERENCES order_annulments (id),
    line_id BLOB NOT NULL REFERENCES order_lines (id),
    standing_before TEXT NOT NULL,
    standing_after TEXT NOT NULL,
    ordered_fen BIGINT NOT NULL CHECK (ordered_fen >= 0),
    accepted_paid_fen BIGINT NOT NULL CHECK (accepted_paid_fen >= 0),
    completed_fen BIGINT NOT NULL CHECK (completed_fen >= 0),
    PRIMARY KEY (annulment_id, line_id)
);
CREATE INDEX order_annulment_lines_line ON order_annulment_lines (line_id);
-- What a line still counts as: the worst that its annulments say.
ALTER TABLE order_lines ADD COLUMN standing TEXT NOT NULL DEFAULT 'as_placed' CHECK (standing IN ('as_placed', 'uncertified', 'unqualified', 'void'));

-- An annulment is one more kind of fact. SQLite cannot change a CHECK, so the table is made anew.
CREATE TABLE order_facts_before AS SELECT * FROM order_facts;
DROP TABLE order_facts;
CREATE TABLE order_facts (
    order_id BLOB NOT NULL REFERENCES orders (id),
    seq BIGINT NOT NULL CHECK (seq > 0),
    kind TEXT NOT NULL CHECK (kind IN ('accepted', 'line_closed', 'returned', 'paid', 'payment_reversed', 'refunded', 'rated', 'annulled')),
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
INSERT INTO order_facts (order_id, seq, kind, subject_id, occurred_on, effective_on, counts_on, closes_on, late, late_rule, closing_rule)
    SELECT order_id, seq, kind, subject_id, occurred_on, effective_on, counts_on, closes_on, late, late_rule, closing_rule FROM order_facts_before;
DROP TABLE order_facts_before;
CREATE INDEX order_facts_late ON order_facts (effective_on, order_id, seq) WHERE late;

-- sqlite only
CREATE TRIGGER order_facts_no_update BEFORE UPDATE ON order_facts BEGIN SELECT RAISE(ABORT, 'order_facts is append-only'); END;
CREATE TRIGGER order_facts_no_delete BEFORE DELETE ON order_facts BEGIN SELECT RAISE(ABORT, 'order_facts is append-only'); END;
-- end

-- sqlite only
CREATE TRIGGER order_annulments_no_update BEFORE UPDATE ON order_annulments BEGIN SELECT RAISE(ABORT, 'order_annulments is append-only'); END;
CREATE TRIGGER order_annulments_no_delete BEFORE DELETE ON order_annulments BEGIN SELECT RAISE(ABORT, 'order_annulments is append-only'); END;
CREATE TRIGGER order_annulment_lines_no_update BEFORE UPDATE ON order_annulment_lines BEGIN SELECT RAISE(ABORT, 'order_annulment_lines is append-only'); END;
CREATE TRIGGER order_annulment_lines_no_delete BEFORE DELETE ON order_annulment_lines BEGIN SELECT RAISE(ABORT, 'order_annulment_lines is append-only'); END;
-- end
