DROP INDEX ledger_counts_recorded;
DROP TABLE ledger_unit_years;
DROP TRIGGER ledger_counts_add_up ON ledger_counts;
DROP FUNCTION ledger_counts_add_up();
