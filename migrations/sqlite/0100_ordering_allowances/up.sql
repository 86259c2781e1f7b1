-- 折让: an agreed reduction of the price of accepted goods that stay with the buyer; line 0 is the freight. left_fen is what stayed
-- payable of the line then.
CREATE TABLE order_allowances (
    id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL REFERENCES orders (id),
    -- The dispute whose settlement it follows from.
    dispute_id BLOB UNIQUE REFERENCES disputes (id),
    occurred_on TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    recorded_by BLOB NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX order_allowances_order ON order_allowances (order_id, recorded_at, id);
CREATE TABLE order_allowance_lines (
    allowance_id BLOB NOT NULL REFERENCES order_allowances (id),
    line_no BIGINT NOT NULL CHECK (line_no >= 0),
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    left_fen BIGINT NOT NULL CHECK (left_fen >= 0),
    PRIMARY KEY (allowance_id, line_no)
);
-- How much of returned_fen was allowed without goods going back.
ALTER TABLE order_lines ADD COLUMN allowed_fen BIGINT NOT NULL DEFAULT 0 CHECK (allowed_fen >= 0);
-- Money is sent back for a return or for an allowance.
ALTER TABLE refunds ADD COLUMN allowance_id BLOB REFERENCES order_allowances (id);

-- An allowance is one more kind of fact. Only the words of a constraint change, nothing that is stored.
-- sqlite only
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''rated'', ''annulled'')', '''rated'', ''annulled'', ''allowed'')')
    WHERE type = 'table' AND name = 'order_facts';
PRAGMA writable_schema = RESET;
-- end
