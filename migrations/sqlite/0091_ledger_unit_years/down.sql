-- sqlite only
DROP TRIGGER ledger_counts_add_up;
-- end
DROP INDEX ledger_counts_recorded;
DROP TABLE ledger_unit_years;
