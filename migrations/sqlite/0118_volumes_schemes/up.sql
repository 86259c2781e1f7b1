-- Volumes are told apart by the schemes whose certificates a line had in force when it was placed, too. Everything waits to be folded in
-- anew, as a rebuild would find it; reports read what waits, so no figure is missing meanwhile. What is read most often comes first in the
-- key. Nobody folds until this is done; what others count meanwhile puts itself into the tail.
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
    -- Their ids, in order, with commas between; empty where nothing was certified.
    schemes TEXT NOT NULL,
    tags TEXT NOT NULL,
    amount_fen BIGINT NOT NULL,
    PRIMARY KEY (basis, month, county, fund, purpose, mode, channel, certified, eligible, purchaser_region, purchaser_kind, mode_term,
        channel_term, schemes, tags)
)
-- sqlite only
-- The rows are kept in the order of the key: a report reads those of its months one after another.
WITHOUT ROWID
-- end
;
DELETE FROM volume_tail;
INSERT INTO volume_tail (count_id, line_id) SELECT id, line_id FROM ledger_counts WHERE standing <> 'void'
ON CONFLICT DO NOTHING;
