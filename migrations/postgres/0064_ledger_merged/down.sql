ALTER TABLE ledger_counts DROP COLUMN moved_by;
ALTER TABLE ledger_accounts DROP COLUMN merged_into;
