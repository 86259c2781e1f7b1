-- 自始无效: what annulled certificates mean for the lines that froze them at placement. Amounts are what stood under the old
-- standing when it was posted.
CREATE TABLE order_annulments (
    id BYTEA NOT NULL PRIMARY KEY,
    order_id BYTEA NOT NULL REFERENCES orders (id),
    certificate_id BYTEA NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    ground TEXT COLLATE "C" NOT NULL CHECK (ground IN ('certification_false', 'origin_false')),
    decided_on TEXT COLLATE "C" NOT NULL,
    posted_at BIGINT NOT NULL,
    UNIQUE (order_id, certificate_id)
);
CREATE INDEX order_annulments_certificate ON order_annulments (certificate_id, order_id);
CREATE TABLE order_annulment_lines (
    annulment_id BYTEA NOT NULL REFERENCES order_annulments (id),
    line_id BYTEA NOT NULL REFERENCES order_lines (id),
    standing_before TEXT COLLATE "C" NOT NULL,
    standing_after TEXT COLLATE "C" NOT NULL,
    ordered_fen BIGINT NOT NULL CHECK (ordered_fen >= 0),
    accepted_paid_fen BIGINT NOT NULL CHECK (accepted_paid_fen >= 0),
    completed_fen BIGINT NOT NULL CHECK (completed_fen >= 0),
    PRIMARY KEY (annulment_id, line_id)
);
CREATE INDEX order_annulment_lines_line ON order_annulment_lines (line_id);
-- What a line still counts as: the worst that its annulments say.
ALTER TABLE order_lines ADD COLUMN standing TEXT COLLATE "C" NOT NULL DEFAULT 'as_placed' CHECK (standing IN ('as_placed', 'uncertified', 'unqualified', 'void'));

-- An annulment is one more kind of fact. SQLite cannot change a CHECK, so the table is made anew.
CREATE TABLE order_facts_before AS SELECT * FROM order_facts;
DROP TABLE order_facts;
CREATE TABLE order_facts (
    order_id BYTEA NOT NULL REFERENCES orders (id),
    seq BIGINT NOT NULL CHECK (seq > 0),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('accepted', 'line_closed', 'returned', 'paid', 'payment_reversed', 'refunded', 'rated', 'annulled')),
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
INSERT INTO order_facts (order_id, seq, kind, subject_id, occurred_on, effective_on, counts_on, closes_on, late, late_rule, closing_rule)
    SELECT order_id, seq, kind, subject_id, occurred_on, effective_on, counts_on, closes_on, late, late_rule, closing_rule FROM order_facts_before;
DROP TABLE order_facts_before;
CREATE INDEX order_facts_late ON order_facts (effective_on, order_id, seq) WHERE late;


CREATE TRIGGER order_facts_append_only BEFORE UPDATE OR DELETE ON order_facts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER order_annulments_append_only BEFORE UPDATE OR DELETE ON order_annulments FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER order_annulment_lines_append_only BEFORE UPDATE OR DELETE ON order_annulment_lines FOR EACH ROW EXECUTE FUNCTION refuse_change();
