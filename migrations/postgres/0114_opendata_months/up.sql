-- Open data: county totals of months that have ended. Which months were made, of how many counting entries: what is appended later
-- makes a month anew.
CREATE TABLE open_months (
    month TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    entries BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    revised_at BIGINT NOT NULL
);
-- The totals of every revision; the last one is published, none is ever changed.
CREATE TABLE open_county_months (
    month TEXT COLLATE "C" NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    county_name TEXT COLLATE "C" NOT NULL,
    ordered_fen BIGINT NOT NULL,
    accepted_paid_fen BIGINT NOT NULL,
    completed_fen BIGINT NOT NULL,
    orders BIGINT NOT NULL,
    -- Units of which any amount is not nothing, and those of each amount: what too few contributed to is not shown.
    purchasers BIGINT NOT NULL,
    ordered_units BIGINT NOT NULL,
    accepted_paid_units BIGINT NOT NULL,
    completed_units BIGINT NOT NULL,
    revised_at BIGINT NOT NULL,
    PRIMARY KEY (month, county, revision)
);
CREATE INDEX bulletins_published_at ON bulletins (published_at) WHERE published_at IS NOT NULL;

CREATE TRIGGER open_county_months_no_update BEFORE UPDATE ON open_county_months FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER open_county_months_no_delete BEFORE DELETE ON open_county_months FOR EACH ROW EXECUTE FUNCTION refuse_change();
