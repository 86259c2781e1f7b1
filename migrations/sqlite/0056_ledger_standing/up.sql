-- What an amount still counts as since a certificate of its line was annulled. What was counted before is never changed: an
-- annulment takes it back under its old standing and counts it again under the new one.
ALTER TABLE ledger_counts ADD COLUMN standing TEXT NOT NULL DEFAULT 'as_placed' CHECK (standing IN ('as_placed', 'uncertified', 'unqualified', 'void'));
