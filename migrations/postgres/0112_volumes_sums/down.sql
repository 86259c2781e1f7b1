DROP TABLE volume_folds;
DROP TABLE volume_tail;
DROP TABLE volume_sums;
DROP TRIGGER ledger_counts_to_volumes ON ledger_counts;
DROP FUNCTION ledger_counts_to_volumes();
