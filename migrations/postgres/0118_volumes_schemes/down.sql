-- The sums as they were; everything waits to be folded in anew.
UPDATE volume_folds SET folded = 0;
DROP TABLE volume_sums;
CREATE TABLE volume_sums (
    basis TEXT COLLATE "C" NOT NULL,
    month TEXT COLLATE "C" NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    fund TEXT COLLATE "C" NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    mode TEXT COLLATE "C" NOT NULL,
    mode_term TEXT COLLATE "C" NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    channel_term TEXT COLLATE "C" NOT NULL,
    certified TEXT COLLATE "C" NOT NULL,
    eligible TEXT COLLATE "C" NOT NULL,
    purchaser_kind TEXT COLLATE "C" NOT NULL,
    purchaser_region TEXT COLLATE "C" NOT NULL,
    tags TEXT COLLATE "C" NOT NULL,
    amount_fen BIGINT NOT NULL,
    PRIMARY KEY (basis, month, county, fund, purpose, mode, mode_term, channel, channel_term, certified, eligible, purchaser_kind,
        purchaser_region, tags)
);
DELETE FROM volume_tail;
INSERT INTO volume_tail (count_id, line_id) SELECT id, line_id FROM ledger_counts WHERE standing <> 'void'
ON CONFLICT DO NOTHING;
