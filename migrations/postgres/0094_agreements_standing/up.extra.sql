CREATE TRIGGER standing_revisions_append_only BEFORE UPDATE OR DELETE ON standing_revisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER standing_occurrences_append_only BEFORE UPDATE OR DELETE ON standing_occurrences FOR EACH ROW EXECUTE FUNCTION refuse_change();
