CREATE TRIGGER unit_changes_append_only BEFORE UPDATE OR DELETE ON unit_changes FOR EACH ROW EXECUTE FUNCTION refuse_change();
