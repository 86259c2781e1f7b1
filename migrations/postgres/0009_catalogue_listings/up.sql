-- What a supplier makes. Name, origin and category never change: another product is another row.
CREATE TABLE products (
    id BYTEA NOT NULL PRIMARY KEY,
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    supplier_region TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    category TEXT COLLATE "C" NOT NULL,
    mark TEXT COLLATE "C" NOT NULL,
    -- JSON list of {county, ppm}, largest share first; the shares sum to 1,000,000.
    origins TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    sc_licence TEXT COLLATE "C",
    weighed BOOLEAN NOT NULL,
    created_by BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX products_org ON products (org_id, id);

-- Which certificates cover a product; written by certification through cover, uncover and recover.
CREATE TABLE product_certificates (
    product_id BYTEA NOT NULL REFERENCES products (id),
    certificate_id BYTEA NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    scheme_id BYTEA NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    valid_from TEXT COLLATE "C" NOT NULL,
    valid_until TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('in_force', 'suspended', 'ended')),
    reason TEXT COLLATE "C",
    PRIMARY KEY (product_id, certificate_id),
    CHECK (valid_from <= valid_until)
);
CREATE INDEX product_certificates_certificate ON product_certificates (certificate_id);
CREATE INDEX product_certificates_ending ON product_certificates (status, valid_until);

-- A product on sale. Name, supplier, county, price per kilogram and certificate are copies for the public list.
CREATE TABLE listings (
    -- The order of listing, and what the search table knows a row by.
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id BYTEA NOT NULL UNIQUE,
    product_id BYTEA NOT NULL REFERENCES products (id),
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('on_sale', 'withdrawn')),
    withdrawn_reason TEXT COLLATE "C",
    unit TEXT COLLATE "C" NOT NULL,
    net_weight_grams BIGINT NOT NULL CHECK (net_weight_grams > 0),
    weighed BOOLEAN NOT NULL,
    tolerance_ppm BIGINT NOT NULL CHECK (tolerance_ppm >= 0),
    price_fen BIGINT NOT NULL CHECK (price_fen > 0),
    price_per_kg_fen BIGINT NOT NULL,
    -- Bit 0 is January, bit 11 is December.
    months BIGINT NOT NULL CHECK (months BETWEEN 1 AND 4095),
    -- Given since the price was last raised; a raise takes it.
    fresh_evidence_id BYTEA,
    stock_account_id BYTEA NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    supplier_name TEXT COLLATE "C" NOT NULL,
    supplier_region TEXT COLLATE "C" NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    category TEXT COLLATE "C" NOT NULL,
    eligible BOOLEAN NOT NULL,
    certificate_number TEXT COLLATE "C",
    -- The certificate shown is in force on days from..until, both included; an empty text is before every day.
    certified_from TEXT COLLATE "C" NOT NULL,
    certified_until TEXT COLLATE "C" NOT NULL,
    -- An agent trader's listing ends with the producer's mandate; the supplier's own has none and never ends.
    mandate_id BYTEA REFERENCES mandates (id),
    mandated_until TEXT COLLATE "C" NOT NULL,
    created_by BYTEA NOT NULL,
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
    id BYTEA NOT NULL PRIMARY KEY,
    listing_id BYTEA NOT NULL REFERENCES listings (id),
    file_id BYTEA,
    link TEXT COLLATE "C",
    like_price_per_kg_fen BIGINT,
    given_by BYTEA NOT NULL,
    given_at BIGINT NOT NULL,
    CHECK (file_id IS NOT NULL OR link IS NOT NULL OR like_price_per_kg_fen IS NOT NULL)
);
CREATE INDEX price_evidence_listing ON price_evidence (listing_id, id);

-- Goods that came into stock or left it otherwise than by an order; the amounts themselves stand in the ledger.
CREATE TABLE stock_changes (
    id BYTEA NOT NULL PRIMARY KEY,
    listing_id BYTEA NOT NULL REFERENCES listings (id),
    direction TEXT COLLATE "C" NOT NULL CHECK (direction IN ('in', 'out')),
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    reason TEXT COLLATE "C" NOT NULL,
    changed_by BYTEA NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX stock_changes_listing ON stock_changes (listing_id, id);


CREATE TABLE listing_search (
    seq BIGINT NOT NULL PRIMARY KEY,
    terms TEXT[] COLLATE "C" NOT NULL
);
CREATE INDEX listing_search_terms ON listing_search USING gin (terms);
