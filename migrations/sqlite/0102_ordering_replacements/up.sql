-- 换货: rejected goods that the buyer asks to be sent again, line by line. Once the supplier agrees they are as if they had never come: of
-- the line they are neither shipped nor rejected any more. closed_on and closed_at: when the line had been closed, where it was.
CREATE TABLE order_replacements (
    id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL REFERENCES orders (id),
    line_id BLOB NOT NULL REFERENCES order_lines (id),
    -- The acceptance with which it was asked for.
    acceptance_id BLOB REFERENCES acceptances (id),
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'agreed', 'refused', 'withdrawn')),
    asked_by BLOB NOT NULL,
    asked_at BIGINT NOT NULL,
    answered_by BLOB,
    answered_at BIGINT,
    answer TEXT,
    closed_on TEXT,
    closed_at BIGINT,
    CHECK ((state = 'open') = (answered_at IS NULL)),
    CHECK ((closed_on IS NULL) = (closed_at IS NULL)),
    CHECK (closed_on IS NULL OR state = 'agreed')
);
CREATE INDEX order_replacements_order ON order_replacements (order_id, id);

-- A line that is opened again is one more kind of fact. Only the words of a constraint change, nothing that is stored.
-- sqlite only
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''annulled'', ''allowed'')', '''annulled'', ''allowed'', ''line_reopened'')')
    WHERE type = 'table' AND name = 'order_facts';
PRAGMA writable_schema = RESET;
-- end
