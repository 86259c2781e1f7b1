-- Lines of confirmed orders whose goods had not all left when a certificate that they froze at placement was suspended or revoked.
-- Cleared when the suspension ends, or when another decision takes its place.
CREATE TABLE order_flags (
    id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL REFERENCES orders (id),
    line_id BLOB NOT NULL REFERENCES order_lines (id),
    certificate_id BLOB NOT NULL,
    number TEXT NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('suspended', 'revoked', 'annulled')),
    raised_at BIGINT NOT NULL,
    cleared_at BIGINT
);
CREATE UNIQUE INDEX order_flags_open ON order_flags (line_id, certificate_id) WHERE cleared_at IS NULL;
CREATE INDEX order_flags_order ON order_flags (order_id, id);
CREATE INDEX order_flags_certificate ON order_flags (certificate_id, order_id);
-- Which orders hold goods of a product.
CREATE INDEX order_lines_product ON order_lines (product_id, order_id);
