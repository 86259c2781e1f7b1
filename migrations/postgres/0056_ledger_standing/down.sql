ALTER TABLE ledger_counts DROP COLUMN standing;
