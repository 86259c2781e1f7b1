-- Lines of orders that were called off from a framework agreement; for ever. What a line uses of the agreement follows from the line.
CREATE TABLE call_offs (
    line_id BLOB NOT NULL PRIMARY KEY REFERENCES order_lines (id),
    order_id BLOB NOT NULL REFERENCES orders (id),
    agreement_id BLOB NOT NULL,
    agreement_line_no BIGINT NOT NULL,
    unit_id BLOB NOT NULL
);
CREATE INDEX call_offs_agreement ON call_offs (agreement_id, agreement_line_no);
CREATE INDEX call_offs_order ON call_offs (order_id);

-- sqlite only
CREATE TRIGGER call_offs_no_update BEFORE UPDATE ON call_offs BEGIN SELECT RAISE(ABORT, 'call_offs is append-only'); END;
CREATE TRIGGER call_offs_no_delete BEFORE DELETE ON call_offs BEGIN SELECT RAISE(ABORT, 'call_offs is append-only'); END;
-- end
