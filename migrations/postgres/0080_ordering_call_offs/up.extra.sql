CREATE TRIGGER call_offs_append_only BEFORE UPDATE OR DELETE ON call_offs FOR EACH ROW EXECUTE FUNCTION refuse_change();
