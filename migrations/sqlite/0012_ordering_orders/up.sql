-- One request of a buyer: its orders are placed all or not at all. client_ref is unique per buyer for ever.
CREATE TABLE order_groups (
    id BLOB NOT NULL PRIMARY KEY,
    buyer_org BLOB NOT NULL,
    client_ref TEXT,
    placed_by BLOB NOT NULL,
    placed_at BIGINT NOT NULL,
    UNIQUE (buyer_org, client_ref)
);

-- The order of one supplier. Amounts are sums over its lines; paid and refunded over its payments.
-- terms: what was frozen at placement (deliveries, rule rows, why this mode).
CREATE TABLE orders (
    id BLOB NOT NULL PRIMARY KEY,
    group_id BLOB NOT NULL REFERENCES order_groups (id),
    supplier_id BLOB NOT NULL,
    supplier_region TEXT NOT NULL,
    buyer_id BLOB NOT NULL,
    unit_id BLOB NOT NULL,
    unit_region TEXT NOT NULL,
    payer_id BLOB NOT NULL,
    fund TEXT NOT NULL,
    purpose TEXT NOT NULL,
    mode TEXT NOT NULL,
    channel TEXT NOT NULL,
    beneficiary_id BLOB,
    terms TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('placed', 'confirmed', 'declined', 'expired', 'cancelled', 'closed')),
    confirmed_by BLOB,
    placed_at BIGINT NOT NULL,
    placed_day TEXT NOT NULL,
    placed_by BLOB NOT NULL,
    confirm_by BIGINT NOT NULL,
    confirmed_at BIGINT,
    closed_at BIGINT,
    ordered_fen BIGINT NOT NULL CHECK (ordered_fen >= 0),
    freight_fen BIGINT NOT NULL CHECK (freight_fen >= 0),
    accepted_fen BIGINT NOT NULL CHECK (accepted_fen >= 0),
    returned_fen BIGINT NOT NULL CHECK (returned_fen BETWEEN 0 AND accepted_fen),
    paid_fen BIGINT NOT NULL CHECK (paid_fen >= 0),
    refunded_fen BIGINT NOT NULL CHECK (refunded_fen BETWEEN 0 AND paid_fen),
    rated_at BIGINT,
    completed_year BIGINT,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX orders_group ON orders (group_id);
CREATE INDEX orders_buyer ON orders (buyer_id, updated_at, id);
CREATE INDEX orders_unit ON orders (unit_id, updated_at, id);
CREATE INDEX orders_payer ON orders (payer_id, updated_at, id);
CREATE INDEX orders_supplier ON orders (supplier_id, updated_at, id);
CREATE INDEX orders_region ON orders (unit_region, updated_at, id);
CREATE INDEX orders_updated ON orders (updated_at, id);
CREATE INDEX orders_supplier_region ON orders (supplier_region, updated_at, id);
CREATE INDEX orders_supplier_work ON orders (supplier_id, state, placed_at, id);
CREATE INDEX orders_buyer_work ON orders (buyer_id, state, placed_at, id);
CREATE INDEX orders_confirm_by ON orders (state, confirm_by, id);

-- A line: what was frozen at placement, and how far it has come. Quantities in thousandths of the sale unit.
-- held_fen is what its quota hold still covers; line_fen is price x ordered quantity.
CREATE TABLE order_lines (
    id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL REFERENCES orders (id),
    line_no BIGINT NOT NULL,
    listing_id BLOB NOT NULL,
    product_id BLOB NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    category TEXT NOT NULL,
    supplier_county TEXT NOT NULL,
    origins TEXT NOT NULL,
    certificates TEXT NOT NULL,
    net_weight_grams BIGINT NOT NULL CHECK (net_weight_grams > 0),
    weighed BOOLEAN NOT NULL,
    tolerance_ppm BIGINT NOT NULL CHECK (tolerance_ppm BETWEEN 0 AND 1000000),
    unit_price_fen BIGINT NOT NULL CHECK (unit_price_fen >= 0),
    certified BOOLEAN NOT NULL,
    eligible BOOLEAN NOT NULL,
    qualifies BOOLEAN NOT NULL,
    delivery_no BIGINT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    shipped BIGINT NOT NULL CHECK (shipped >= 0),
    accepted BIGINT NOT NULL CHECK (accepted >= 0),
    rejected BIGINT NOT NULL CHECK (rejected >= 0),
    returned BIGINT NOT NULL CHECK (returned BETWEEN 0 AND accepted),
    short_closed BIGINT NOT NULL CHECK (short_closed BETWEEN 0 AND quantity),
    line_fen BIGINT NOT NULL CHECK (line_fen >= 0),
    held_fen BIGINT NOT NULL CHECK (held_fen >= 0),
    accepted_fen BIGINT NOT NULL CHECK (accepted_fen >= 0),
    returned_fen BIGINT NOT NULL CHECK (returned_fen BETWEEN 0 AND accepted_fen),
    closed BOOLEAN NOT NULL,
    UNIQUE (order_id, line_no),
    CHECK (accepted + rejected <= shipped)
);

-- Goods on their way: one delivery note.
CREATE TABLE shipments (
    id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL REFERENCES orders (id),
    occurred_on TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    shipped_by BLOB NOT NULL,
    carrier TEXT,
    tracking TEXT
);
CREATE INDEX shipments_order ON shipments (order_id);
CREATE TABLE shipment_lines (
    shipment_id BLOB NOT NULL REFERENCES shipments (id),
    line_id BLOB NOT NULL REFERENCES order_lines (id),
    lot TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    weight_grams BIGINT NOT NULL CHECK (weight_grams >= 0),
    PRIMARY KEY (shipment_id, line_id, lot)
);

-- 验收: what a person recorded about delivered goods. amount_fen is what the line's accepted amount grew by.
CREATE TABLE acceptances (
    id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL REFERENCES orders (id),
    occurred_on TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    accepted_by BLOB NOT NULL,
    second_by BLOB
);
CREATE INDEX acceptances_order ON acceptances (order_id);
CREATE TABLE acceptance_lines (
    acceptance_id BLOB NOT NULL REFERENCES acceptances (id),
    line_id BLOB NOT NULL REFERENCES order_lines (id),
    accepted BIGINT NOT NULL CHECK (accepted >= 0),
    rejected BIGINT NOT NULL CHECK (rejected >= 0),
    reason TEXT,
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    PRIMARY KEY (acceptance_id, line_id)
);

-- Accepted goods that went back. amount_fen is what the line's returned amount grew by.
CREATE TABLE returns (
    id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL REFERENCES orders (id),
    occurred_on TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    returned_by BLOB NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX returns_order ON returns (order_id);
CREATE TABLE return_lines (
    return_id BLOB NOT NULL REFERENCES returns (id),
    line_id BLOB NOT NULL REFERENCES order_lines (id),
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    amount_fen BIGINT NOT NULL CHECK (amount_fen >= 0),
    PRIMARY KEY (return_id, line_id)
);

-- 未到货结案: goods that will not come any more.
CREATE TABLE short_closures (
    id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL REFERENCES orders (id),
    occurred_on TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    closed_by BLOB NOT NULL,
    closed_by_org BLOB NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX short_closures_order ON short_closures (order_id);
CREATE TABLE short_closure_lines (
    closure_id BLOB NOT NULL REFERENCES short_closures (id),
    line_id BLOB NOT NULL REFERENCES order_lines (id),
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (closure_id, line_id)
);
