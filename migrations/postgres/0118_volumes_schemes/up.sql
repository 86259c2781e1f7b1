-- Volumes are told apart by the schemes whose certificates a line had in force when it was placed, too. Everything waits to be folded in
-- anew, as a rebuild would find it; reports read what waits, so no figure is missing meanwhile. What is read most often comes first in the
-- key. Nobody folds until this is done; what others count meanwhile puts itself into the tail.
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
    -- Their ids, in order, with commas between; empty where nothing was certified.
    schemes TEXT COLLATE "C" NOT NULL,
    tags TEXT COLLATE "C" NOT NULL,
    amount_fen BIGINT NOT NULL,
    PRIMARY KEY (basis, month, county, fund, purpose, mode, channel, certified, eligible, purchaser_region, purchaser_kind, mode_term,
        channel_term, schemes, tags)
)
;
DELETE FROM volume_tail;
INSERT INTO volume_tail (count_id, line_id) SELECT id, line_id FROM ledger_counts WHERE standing <> 'void'
ON CONFLICT DO NOTHING;
