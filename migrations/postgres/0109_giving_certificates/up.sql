-- 购买凭证（非捐赠票据）: what a buyer bought in place of a donation, who received it and where it came from. Nothing that is issued changes.
CREATE TABLE purchase_certificate_years (
    year BIGINT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);
CREATE TABLE purchase_certificates (
    id BYTEA NOT NULL PRIMARY KEY,
    number TEXT COLLATE "C" NOT NULL UNIQUE,
    year BIGINT NOT NULL,
    place BIGINT NOT NULL,
    order_id BYTEA NOT NULL REFERENCES order_recipients (order_id),
    -- One after another of an order, each in the place of the one before.
    edition BIGINT NOT NULL CHECK (edition > 0),
    replaces BYTEA UNIQUE REFERENCES purchase_certificates (id),
    buyer_id BYTEA NOT NULL,
    unit_id BYTEA NOT NULL,
    region_code TEXT COLLATE "C" NOT NULL,
    recipient_org BYTEA,
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    content TEXT COLLATE "C" NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    -- The last fact of the order and its last receipt that it rests on.
    fact_seq BIGINT NOT NULL,
    receipt_no BIGINT NOT NULL,
    issued_by BYTEA NOT NULL,
    issued_at BIGINT NOT NULL,
    issued_on TEXT COLLATE "C" NOT NULL,
    UNIQUE (year, place),
    UNIQUE (order_id, edition),
    CHECK ((edition = 1) = (replaces IS NULL))
);
CREATE INDEX purchase_certificates_unit ON purchase_certificates (unit_id, issued_on);
-- That it was noted, and its buyer told, that a certificate stands no more. Whether it stands follows from the order's facts.
CREATE TABLE purchase_certificate_ends (
    certificate_id BYTEA NOT NULL PRIMARY KEY REFERENCES purchase_certificates (id),
    cause TEXT COLLATE "C" NOT NULL,
    ended_on TEXT COLLATE "C" NOT NULL,
    noted_at BIGINT NOT NULL
);

CREATE TRIGGER purchase_certificates_append_only BEFORE UPDATE OR DELETE ON purchase_certificates FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER purchase_certificate_ends_append_only BEFORE UPDATE OR DELETE ON purchase_certificate_ends FOR EACH ROW EXECUTE FUNCTION refuse_change();
