-- Volumes by month and everything that they are told apart by: the sums of the entries of ledger_counts that were folded in. Those that
-- were not yet stand in volume_tail, where every entry puts itself, whatever appends it: sums and tail together are all entries, at every
-- moment and whatever any clock says. Lines of several counties are split when they are folded in.
CREATE TABLE volume_sums (
    basis TEXT NOT NULL,
    month TEXT NOT NULL,
    county TEXT NOT NULL,
    fund TEXT NOT NULL,
    purpose TEXT NOT NULL,
    mode TEXT NOT NULL,
    mode_term TEXT NOT NULL,
    channel TEXT NOT NULL,
    channel_term TEXT NOT NULL,
    certified TEXT NOT NULL,
    eligible TEXT NOT NULL,
    purchaser_kind TEXT NOT NULL,
    purchaser_region TEXT NOT NULL,
    tags TEXT NOT NULL,
    amount_fen BIGINT NOT NULL,
    PRIMARY KEY (basis, month, county, fund, purpose, mode, mode_term, channel, channel_term, certified, eligible, purchaser_kind,
        purchaser_region, tags)
);
CREATE TABLE volume_tail (
    count_id BLOB NOT NULL PRIMARY KEY,
    line_id BLOB NOT NULL,
    -- Only inside the transaction that folds it in.
    taken BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX volume_tail_line ON volume_tail (line_id);
-- One row, the lock of whoever folds.
CREATE TABLE volume_folds (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    folded BIGINT NOT NULL,
    folded_at BIGINT NOT NULL
);
INSERT INTO volume_folds (id, folded, folded_at) VALUES (1, 0, 0);
INSERT INTO volume_tail (count_id, line_id) SELECT id, line_id FROM ledger_counts WHERE standing <> 'void';

-- sqlite only
CREATE TRIGGER ledger_counts_to_volumes AFTER INSERT ON ledger_counts WHEN NEW.standing <> 'void'
BEGIN
    INSERT INTO volume_tail (count_id, line_id) VALUES (NEW.id, NEW.line_id);
END;
-- end
