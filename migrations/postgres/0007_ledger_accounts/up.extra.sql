CREATE TRIGGER ledger_transfers_append_only BEFORE UPDATE OR DELETE ON ledger_transfers FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_counts_append_only BEFORE UPDATE OR DELETE ON ledger_counts FOR EACH ROW EXECUTE FUNCTION refuse_change();
