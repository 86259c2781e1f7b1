-- Lines of orders that were called off from a framework agreement; for ever. What a line uses of the agreement follows from the line.
CREATE TABLE call_offs (
    line_id BYTEA NOT NULL PRIMARY KEY REFERENCES order_lines (id),
    order_id BYTEA NOT NULL REFERENCES orders (id),
    agreement_id BYTEA NOT NULL,
    agreement_line_no BIGINT NOT NULL,
    unit_id BYTEA NOT NULL
);
CREATE INDEX call_offs_agreement ON call_offs (agreement_id, agreement_line_no);
CREATE INDEX call_offs_order ON call_offs (order_id);

CREATE TRIGGER call_offs_append_only BEFORE UPDATE OR DELETE ON call_offs FOR EACH ROW EXECUTE FUNCTION refuse_change();
