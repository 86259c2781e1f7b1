CREATE TRIGGER approval_chains_append_only BEFORE UPDATE OR DELETE ON approval_chains FOR EACH ROW EXECUTE FUNCTION refuse_change();
