-- The sums as they were; everything waits to be folded in anew.
UPDATE volume_folds SET folded = 0;
DROP TABLE volume_sums;
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
DELETE FROM volume_tail;
INSERT INTO volume_tail (count_id, line_id) SELECT id, line_id FROM ledger_counts WHERE standing <> 'void'
ON CONFLICT DO NOTHING;
