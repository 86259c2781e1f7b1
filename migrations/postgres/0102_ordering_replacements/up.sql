-- 换货: rejected goods that the buyer asks to be sent again, line by line. Once the supplier agrees they are as if they had never come: of
-- the line they are neither shipped nor rejected any more. closed_on and closed_at: when the line had been closed, where it was.
CREATE TABLE order_replacements (
    id BYTEA NOT NULL PRIMARY KEY,
    order_id BYTEA NOT NULL REFERENCES orders (id),
    line_id BYTEA NOT NULL REFERENCES order_lines (id),
    -- The acceptance with which it was asked for.
    acceptance_id BYTEA REFERENCES acceptances (id),
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    reason TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'agreed', 'refused', 'withdrawn')),
    asked_by BYTEA NOT NULL,
    asked_at BIGINT NOT NULL,
    answered_by BYTEA,
    answered_at BIGINT,
    answer TEXT COLLATE "C",
    closed_on TEXT COLLATE "C",
    closed_at BIGINT,
    CHECK ((state = 'open') = (answered_at IS NULL)),
    CHECK ((closed_on IS NULL) = (closed_at IS NULL)),
    CHECK (closed_on IS NULL OR state = 'agreed')
);
CREATE INDEX order_replacements_order ON order_replacements (order_id, id);

-- A line that is opened again is one more kind of fact. Only the words of a constraint change, nothing that is stored.
ALTER TABLE order_facts DROP CONSTRAINT order_facts_kind_check;
ALTER TABLE order_facts ADD CONSTRAINT order_facts_kind_check CHECK (kind IN ('accepted', 'line_closed', 'returned', 'paid', 'payment_reversed', 'refunded', 'rated', 'annulled', 'allowed', 'line_reopened'));
