-- sqlite only
DROP TRIGGER ledger_counts_to_volumes;
-- end
DROP TABLE volume_folds;
DROP TABLE volume_tail;
DROP TABLE volume_sums;
