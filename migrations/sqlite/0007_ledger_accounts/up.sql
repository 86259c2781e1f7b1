-- One account per stock item and per (unit, year, fund); its balances change only together with new transfers.
-- Amounts are fen for quota and thousandths of the sale unit for stock. The upper bounds keep every sum inside BIGINT.
CREATE TABLE ledger_accounts (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('quota', 'stock')),
    owner_id BLOB NOT NULL,
    year BIGINT NOT NULL,
    fund TEXT NOT NULL,
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
    id BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES ledger_accounts (id),
    phase TEXT NOT NULL CHECK (phase IN ('pending', 'posted', 'voided', 'expired', 'supplied', 'adjusted', 'carried_out', 'carried_in')),
    amount BIGINT NOT NULL CHECK (amount BETWEEN -1000000000000000 AND 1000000000000000),
    pending_id BLOB REFERENCES ledger_transfers (id),
    order_id BLOB,
    line_id BLOB,
    code TEXT NOT NULL,
    at BIGINT NOT NULL,
    day TEXT NOT NULL,
    request_id TEXT NOT NULL,
    CHECK (amount >= 0 OR phase IN ('supplied', 'adjusted')),
    CHECK ((pending_id IS NULL) = (phase IN ('pending', 'supplied')))
);
CREATE INDEX ledger_transfers_account ON ledger_transfers (account_id, id);
CREATE INDEX ledger_transfers_pending ON ledger_transfers (pending_id);

-- What counts, where and when: the single source of reports; never updated, never deleted.
CREATE TABLE ledger_counts (
    id BLOB NOT NULL PRIMARY KEY,
    basis TEXT NOT NULL CHECK (basis IN ('ordered', 'accepted_paid', 'completed')),
    order_id BLOB NOT NULL,
    line_id BLOB NOT NULL,
    unit_id BLOB NOT NULL,
    year BIGINT NOT NULL,
    fund TEXT NOT NULL,
    amount_fen BIGINT NOT NULL CHECK (amount_fen BETWEEN -1000000000000000 AND 1000000000000000),
    day TEXT NOT NULL,
    month TEXT NOT NULL,
    correction BOOLEAN NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX ledger_counts_unit ON ledger_counts (unit_id, year, basis);
CREATE INDEX ledger_counts_month ON ledger_counts (month);
CREATE INDEX ledger_counts_order ON ledger_counts (order_id);

-- sqlite only
CREATE TRIGGER ledger_transfers_no_update BEFORE UPDATE ON ledger_transfers BEGIN SELECT RAISE(ABORT, 'ledger_transfers is append-only'); END;
CREATE TRIGGER ledger_transfers_no_delete BEFORE DELETE ON ledger_transfers BEGIN SELECT RAISE(ABORT, 'ledger_transfers is append-only'); END;
CREATE TRIGGER ledger_counts_no_update BEFORE UPDATE ON ledger_counts BEGIN SELECT RAISE(ABORT, 'ledger_counts is append-only'); END;
CREATE TRIGGER ledger_counts_no_delete BEFORE DELETE ON ledger_counts BEGIN SELECT RAISE(ABORT, 'ledger_counts is append-only'); END;
-- end
