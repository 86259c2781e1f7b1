-- 购买凭证（非捐赠票据）: what a buyer bought in place of a donation, who received it and where it came from. Nothing that is issued changes.
CREATE TABLE purchase_certificate_years (
    year BIGINT NOT NULL PRIMARY KEY,
    last BIGINT NOT NULL
);
CREATE TABLE purchase_certificates (
    id BLOB NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    year BIGINT NOT NULL,
    place BIGINT NOT NULL,
    order_id BLOB NOT NULL REFERENCES order_recipients (order_id),
    -- One after another of an order, each in the place of the one before.
    edition BIGINT NOT NULL CHECK (edition > 0),
    replaces BLOB UNIQUE REFERENCES purchase_certificates (id),
    buyer_id BLOB NOT NULL,
    unit_id BLOB NOT NULL,
    region_code TEXT NOT NULL,
    recipient_org BLOB,
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    content TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    -- The last fact of the order and its last receipt that it rests on.
    fact_seq BIGINT NOT NULL,
    receipt_no BIGINT NOT NULL,
    issued_by BLOB NOT NULL,
    issued_at BIGINT NOT NULL,
    issued_on TEXT NOT NULL,
    UNIQUE (year, place),
    UNIQUE (order_id, edition),
    CHECK ((edition = 1) = (replaces IS NULL))
);
CREATE INDEX purchase_certificates_unit ON purchase_certificates (unit_id, issued_on);
-- That it was noted, and its buyer told, that a certificate stands no more. Whether it stands follows from the order's facts.
CREATE TABLE purchase_certificate_ends (
    certificate_id BLOB NOT NULL PRIMARY KEY REFERENCES purchase_certificates (id),
    cause TEXT NOT NULL,
    ended_on TEXT NOT NULL,
    noted_at BIGINT NOT NULL
);

-- sqlite only
CREATE TRIGGER purchase_certificates_no_update BEFORE UPDATE ON purchase_certificates BEGIN SELECT RAISE(ABORT, 'purchase_certificates is append-only'); END;
CREATE TRIGGER purchase_certificates_no_delete BEFORE DELETE ON purchase_certificates BEGIN SELECT RAISE(ABORT, 'purchase_certificates is append-only'); END;
CREATE TRIGGER purchase_certificate_ends_no_update BEFORE UPDATE ON purchase_certificate_ends BEGIN SELECT RAISE(ABORT, 'purchase_certificate_ends is append-only'); END;
CREATE TRIGGER purchase_certificate_ends_no_delete BEFORE DELETE ON purchase_certificate_ends BEGIN SELECT RAISE(ABORT, 'purchase_certificate_ends is append-only'); END;
-- end
