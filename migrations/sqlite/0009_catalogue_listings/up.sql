-- What a supplier makes. Name, origin and category never change: another product is another row.
CREATE TABLE products (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL REFERENCES organisations (id),
    supplier_region TEXT NOT NULL,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    mark TEXT NOT NULL,
    -- JSON list of {county, ppm}, largest share first; the shares sum to 1,000,000.
    origins TEXT NOT NULL,
    description TEXT NOT NULL,
    sc_licence TEXT,
    weighed BOOLEAN NOT NULL,
    created_by BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX products_org ON products (org_id, id);

-- Which certificates cover a product; written by certification through cover, uncover and recover.
CREATE TABLE product_certificates (
    product_id BLOB NOT NULL REFERENCES products (id),
    certificate_id BLOB NOT NULL,
    number TEXT NOT NULL,
    scheme_id BLOB NOT NULL,
    county TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('in_force', 'suspended', 'ended')),
    reason TEXT,
    PRIMARY KEY (product_id, certificate_id),
    CHECK (valid_from <= valid_until)
);
CREATE INDEX product_certificates_certificate ON product_certificates (certificate_id);
CREATE INDEX product_certificates_ending ON product_certificates (status, valid_until);

-- A product on sale. Name, supplier, county, price per kilogram and certificate are copies for the public list.
CREATE TABLE listings (
    -- The order of listing, and what the search table knows a row by.
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    product_id BLOB NOT NULL REFERENCES products (id),
    org_id BLOB NOT NULL REFERENCES organisations (id),
    status TEXT NOT NULL CHECK (status IN ('on_sale', 'withdrawn')),
    withdrawn_reason TEXT,
    unit TEXT NOT NULL,
    net_weight_grams BIGINT NOT NULL CHECK (net_weight_grams > 0),
    weighed BOOLEAN NOT NULL,
    tolerance_ppm BIGINT NOT NULL CHECK (tolerance_ppm >= 0),
    price_fen BIGINT NOT NULL CHECK (price_fen > 0),
    price_per_kg_fen BIGINT NOT NULL,
    -- Bit 0 is January, bit 11 is December.
    months BIGINT NOT NULL CHECK (months BETWEEN 1 AND 4095),
    -- Given since the price was last raised; a raise takes it.
    fresh_evidence_id BLOB,
    stock_account_id BLOB NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    supplier_name TEXT NOT NULL,
    supplier_region TEXT NOT NULL,
    county TEXT NOT NULL,
    category TEXT NOT NULL,
    eligible BOOLEAN NOT NULL,
    certificate_number TEXT,
    -- The certificate shown is in force on days from..until, both included; an empty text is before every day.
    certified_from TEXT NOT NULL,
    certified_until TEXT NOT NULL,
    -- An agent trader's listing ends with the producer's mandate; the supplier's own has none and never ends.
    mandate_id BLOB REFERENCES mandates (id),
    mandated_until TEXT NOT NULL,
    created_by BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
-- One index for each sort of the public list, and for each sort within a filter that leaves few rows.
CREATE INDEX listings_newest ON listings (status, seq);
CREATE INDEX listings_price ON listings (status, price_per_kg_fen, seq);
CREATE INDEX listings_name ON listings (status, name_key, seq);
CREATE INDEX listings_category ON listings (status, category, seq);
CREATE INDEX listings_category_price ON listings (status, category, price_per_kg_fen, seq);
CREATE INDEX listings_county ON listings (status, county, seq);
CREATE INDEX listings_supplier ON listings (status, org_id, seq);
CREATE INDEX listings_product ON listings (product_id);
CREATE INDEX listings_mandate ON listings (mandate_id);

-- Why the price is not above that of the like goods; hidden from the public.
CREATE TABLE price_evidence (
    id BLOB NOT NULL PRIMARY KEY,
    listing_id BLOB NOT NULL REFERENCES listings (id),
    file_id BLOB,
    link TEXT,
    like_price_per_kg_fen BIGINT,
    given_by BLOB NOT NULL,
    given_at BIGINT NOT NULL,
    CHECK (file_id IS NOT NULL OR link IS NOT NULL OR like_price_per_kg_fen IS NOT NULL)
);
CREATE INDEX price_evidence_listing ON price_evidence (listing_id, id);

-- Goods that came into stock or left it otherwise than by an order; the amounts themselves stand in the ledger.
CREATE TABLE stock_changes (
    id BLOB NOT NULL PRIMARY KEY,
    listing_id BLOB NOT NULL REFERENCES listings (id),
    direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    reason TEXT NOT NULL,
    changed_by BLOB NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX stock_changes_listing ON stock_changes (listing_id, id);

-- sqlite only
CREATE VIRTUAL TABLE listing_search USING fts5 (terms, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');
-- end
