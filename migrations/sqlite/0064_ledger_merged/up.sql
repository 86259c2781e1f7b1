-- A unit that was merged holds nothing any more: its accounts name who has it, and refuse every new hold.
ALTER TABLE ledger_accounts ADD COLUMN merged_into BLOB;
-- What was counted is moved by pairs, never changed; such an entry names the change of units that moved it.
ALTER TABLE ledger_counts ADD COLUMN moved_by BLOB;
