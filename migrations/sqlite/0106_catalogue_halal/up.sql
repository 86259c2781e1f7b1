-- 清真 as a certified attribute: certificates that a supplier files for a product and its county's office looks at. A product shows
-- the one that ends last of those in force.
CREATE TABLE halal_certificates (
    id BLOB NOT NULL PRIMARY KEY,
    product_id BLOB NOT NULL REFERENCES products (id),
    org_id BLOB NOT NULL REFERENCES organisations (id),
    region_code TEXT NOT NULL,
    number TEXT NOT NULL,
    issuer TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    file_id BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('filed', 'certified', 'refused', 'withdrawn', 'revoked')),
    filed_by BLOB NOT NULL,
    filed_at BIGINT NOT NULL,
    decided_by BLOB,
    decided_org BLOB,
    decided_at BIGINT,
    reason TEXT,
    version BIGINT NOT NULL,
    CHECK (valid_from <= valid_until),
    CHECK ((state = 'filed') = (decided_at IS NULL))
);
CREATE UNIQUE INDEX halal_certificates_live ON halal_certificates (product_id, number) WHERE state IN ('filed', 'certified');
CREATE INDEX halal_certificates_region ON halal_certificates (region_code, id);
CREATE INDEX halal_certificates_org ON halal_certificates (org_id, id);

-- The certificate by which the goods of a line were 清真 when it was placed.
CREATE TABLE order_halal_lines (
    line_id BLOB NOT NULL PRIMARY KEY REFERENCES order_lines (id),
    order_id BLOB NOT NULL REFERENCES orders (id),
    product_id BLOB NOT NULL REFERENCES products (id),
    number TEXT NOT NULL
);
CREATE INDEX order_halal_lines_order ON order_halal_lines (order_id);
CREATE INDEX order_halal_lines_product ON order_halal_lines (product_id, number);
