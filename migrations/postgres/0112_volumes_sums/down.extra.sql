DROP TRIGGER ledger_counts_to_volumes ON ledger_counts;
DROP FUNCTION ledger_counts_to_volumes();
