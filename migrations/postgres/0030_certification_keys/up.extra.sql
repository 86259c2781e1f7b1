CREATE TRIGGER certificate_keys_append_only BEFORE UPDATE OR DELETE ON certificate_keys FOR EACH ROW EXECUTE FUNCTION refuse_change();
