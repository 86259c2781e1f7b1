-- One account per stock item and per (unit, year, fund); its balances change only together with new transfers.
-- Amounts are fen for quota and thousandths of the sale unit for stock. The upper bounds keep every sum inside BIGINT.
CREATE TABLE ledger_accounts (
    id BYTEA NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('quota', 'stock')),
    owner_id BYTEA NOT NULL,
    year BIGINT NOT NULL,
    fund TEXT COLLATE "C" NOT NULL,
    pending BIGINT NOT NULL CHECK (pending BETWEEN 0 AND 1000000000000000000),
    posted BIGINT NOT NULL CHECK (posted BETWEEN 0 AND 1000000000000000000),
    limit_amount BIGINT CHECK (limit_amount BETWEEN 0 AND 1000000000000000000),
    -- How often holds were carried out of this account: who decided on an older count decides again.
    moves BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (kind, owner_id, year, fund),
    CHECK (kind = 'quota' OR (limit_amount IS NOT NULL AND pending + posted <= limit_amount))
);
-- Which accounts of past years still hold something: asked when the year turns.
CREATE INDEX ledger_accounts_year ON ledger_accounts (kind, year);

-- What happened to the accounts; never updated, never deleted. A hold is a `pending` row; what becomes of it names it
-- in pending_id, in as many portions as it takes.
CREATE TABLE ledger_transfers (
    id BYTEA NOT NULL PRIMARY KEY,
    account_id BYTEA NOT NULL REFERENCES ledger_accounts (id),
    phase TEXT COLLATE "C" NOT NULL CHECK (phase IN ('pending', 'posted', 'voided', 'expired', 'supplied', 'adjusted', 'carried_out', 'carried_in')),
    amount BIGINT NOT NULL CHECK (amount BETWEEN -1000000000000000 AND 1000000000000000),
    pending_id BYTEA REFERENCES ledger_transfers (id),
    order_id BYTEA,
    line_id BYTEA,
    code TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    day TEXT COLLATE "C" NOT NULL,
    request_id TEXT COLLATE "C" NOT NULL,
    CHECK (amount >= 0 OR phase IN ('supplied', 'adjusted')),
    CHECK ((pending_id IS NULL) = (phase IN ('pending', 'supplied')))
);
CREATE INDEX ledger_transfers_account ON ledger_transfers (account_id, id);
CREATE INDEX ledger_transfers_pending ON ledger_transfers (pending_id);

-- What counts, where and when: the single source of reports; never updated, never deleted.
CREATE TABLE ledger_counts (
    id BYTEA NOT NULL PRIMARY KEY,
    basis TEXT COLLATE "C" NOT NULL CHECK (basis IN ('ordered', 'accepted_paid', 'completed')),
    order_id BYTEA NOT NULL,
    line_id BYTEA NOT NULL,
    unit_id BYTEA NOT NULL,
    year BIGINT NOT NULL,
    fund TEXT COLLATE "C" NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen BETWEEN -1000000000000000 AND 1000000000000000),
    day TEXT COLLATE "C" NOT NULL,
    month TEXT COLLATE "C" NOT NULL,
    correction BOOLEAN NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX ledger_counts_unit ON ledger_counts (unit_id, year, basis);
CREATE INDEX ledger_counts_month ON ledger_counts (month);
CREATE INDEX ledger_counts_order ON ledger_counts (order_id);

CREATE TRIGGER ledger_transfers_append_only BEFORE UPDATE OR DELETE ON ledger_transfers FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_counts_append_only BEFORE UPDATE OR DELETE ON ledger_counts FOR EACH ROW EXECUTE FUNCTION refuse_change();
