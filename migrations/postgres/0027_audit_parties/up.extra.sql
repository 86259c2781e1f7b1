CREATE TRIGGER audit_parties_append_only BEFORE UPDATE OR DELETE ON audit_parties FOR EACH ROW EXECUTE FUNCTION refuse_change();
