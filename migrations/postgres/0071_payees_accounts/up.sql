-- Accounts to which suppliers are paid: proposed by one person, confirmed by another, kept for ever. In force on a day is the
-- confirmed one with the latest first day until then; of several with the same day the one confirmed last.
CREATE TABLE payee_accounts (
    id BYTEA NOT NULL PRIMARY KEY,
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    region_code TEXT COLLATE "C" NOT NULL,
    holder TEXT COLLATE "C" NOT NULL,
    bank TEXT COLLATE "C" NOT NULL,
    account_number TEXT COLLATE "C" NOT NULL,
    valid_from TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('proposed', 'confirmed', 'replaced')),
    proposed_by BYTEA NOT NULL,
    proposed_at BIGINT NOT NULL,
    confirmed_by BYTEA,
    confirmed_org BYTEA,
    confirmed_at BIGINT,
    version BIGINT NOT NULL,
    CHECK (confirmed_by IS NULL OR confirmed_by <> proposed_by),
    CHECK ((state = 'confirmed') = (confirmed_by IS NOT NULL)),
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL) AND (confirmed_by IS NULL) = (confirmed_org IS NULL))
);
CREATE INDEX payee_accounts_org ON payee_accounts (org_id, valid_from);

-- Who was told that an account came into force; each once.
CREATE TABLE payee_notices (
    account_id BYTEA NOT NULL REFERENCES payee_accounts (id),
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    at BIGINT NOT NULL,
    PRIMARY KEY (account_id, org_id)
);
