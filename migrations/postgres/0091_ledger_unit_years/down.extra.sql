DROP TRIGGER ledger_counts_add_up ON ledger_counts;
DROP FUNCTION ledger_counts_add_up();
