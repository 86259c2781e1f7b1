-- 专柜、专馆、专区: venues where certified goods are sold, entered by the poverty office of their place.
CREATE TABLE venues (
    id BYTEA NOT NULL PRIMARY KEY,
    operator_id BYTEA NOT NULL REFERENCES organisations (id),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('cabinet', 'hall', 'section')),
    name TEXT COLLATE "C" NOT NULL,
    region_code TEXT COLLATE "C" NOT NULL,
    place TEXT COLLATE "C" NOT NULL,
    opened_on TEXT COLLATE "C" NOT NULL,
    -- The last day of sales.
    closed_on TEXT COLLATE "C",
    closing_reason TEXT COLLATE "C",
    office_org BYTEA NOT NULL,
    entered_by BYTEA NOT NULL,
    entered_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CHECK (closed_on IS NULL OR closed_on >= opened_on),
    CHECK ((closed_on IS NULL) = (closing_reason IS NULL))
);
CREATE UNIQUE INDEX venues_name ON venues (operator_id, region_code, name);
CREATE INDEX venues_region ON venues (region_code, id);

-- One row for each operator: the lock of whoever reports or annuls its sales, so that no goods bought here are named twice.
CREATE TABLE venue_operators (
    org_id BYTEA NOT NULL PRIMARY KEY REFERENCES organisations (id),
    version BIGINT NOT NULL
);

-- What a venue sold, receipt by receipt. content: what was reported, in one spelling; the same again is the same sale.
CREATE TABLE venue_sales (
    id BYTEA NOT NULL PRIMARY KEY,
    venue_id BYTEA NOT NULL REFERENCES venues (id),
    receipt_no TEXT COLLATE "C" NOT NULL,
    -- The number in its one normal spelling.
    receipt_key TEXT COLLATE "C" NOT NULL,
    sold_on TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    product_id BYTEA,
    certificate_id BYTEA,
    certificate_number TEXT COLLATE "C",
    -- Counties of production and their shares, as they were on that day.
    origins TEXT COLLATE "C" NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    unit TEXT COLLATE "C" NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    -- The part of the amount that goods bought here fetched, whose volume their orders count.
    sourced_fen BIGINT NOT NULL CHECK (sourced_fen >= 0),
    content TEXT COLLATE "C" NOT NULL,
    reported_by BYTEA NOT NULL,
    reported_at BIGINT NOT NULL,
    annulled_by BYTEA,
    annulled_org BYTEA,
    annulled_at BIGINT,
    annulment_reason TEXT COLLATE "C",
    CHECK (sourced_fen <= amount_fen),
    CHECK ((certificate_id IS NULL) = (certificate_number IS NULL)),
    CHECK (certificate_id IS NULL OR product_id IS NOT NULL),
    CHECK ((annulled_by IS NULL) = (annulled_at IS NULL)),
    CHECK ((annulled_org IS NULL) = (annulled_at IS NULL)),
    CHECK ((annulment_reason IS NULL) = (annulled_at IS NULL))
);
-- A receipt is counted once; an annulled one may be reported anew.
CREATE UNIQUE INDEX venue_sales_receipt ON venue_sales (venue_id, receipt_key) WHERE annulled_at IS NULL;
CREATE INDEX venue_sales_venue ON venue_sales (venue_id, id);

-- The goods bought here that a sale is of: how much of which line, in the line's unit, and for how much it was sold.
CREATE TABLE venue_sources (
    sale_id BYTEA NOT NULL REFERENCES venue_sales (id),
    position BIGINT NOT NULL,
    order_id BYTEA NOT NULL REFERENCES orders (id),
    line_no BIGINT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    PRIMARY KEY (sale_id, position)
);
CREATE INDEX venue_sources_line ON venue_sources (order_id, line_no);

-- What sales count, by county of production; only added to. Each counts in the month of its sale, from the day on which it was recorded.
CREATE TABLE venue_entries (
    id BYTEA NOT NULL PRIMARY KEY,
    sale_id BYTEA NOT NULL REFERENCES venue_sales (id),
    venue_id BYTEA NOT NULL REFERENCES venues (id),
    operator_id BYTEA NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    venue_region TEXT COLLATE "C" NOT NULL,
    -- +1 when it was reported, -1 when it was annulled.
    times BIGINT NOT NULL CHECK (times IN (-1, 1)),
    -- The place of the county among the sale's.
    position BIGINT NOT NULL CHECK (position >= 1),
    county TEXT COLLATE "C" NOT NULL,
    month TEXT COLLATE "C" NOT NULL,
    certificate_id BYTEA,
    total_fen BIGINT NOT NULL,
    sourced_fen BIGINT NOT NULL,
    recorded_on TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX venue_entries_once ON venue_entries (sale_id, times, position);
CREATE INDEX venue_entries_month ON venue_entries (month, county);

CREATE TRIGGER venue_sources_append_only BEFORE UPDATE OR DELETE ON venue_sources FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER venue_entries_append_only BEFORE UPDATE OR DELETE ON venue_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER venue_sales_no_delete BEFORE DELETE ON venue_sales FOR EACH ROW EXECUTE FUNCTION refuse_change();
