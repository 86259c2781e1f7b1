CREATE TRIGGER statement_lines_append_only BEFORE UPDATE OR DELETE ON statement_lines FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_differences_append_only BEFORE UPDATE OR DELETE ON statement_differences FOR EACH ROW EXECUTE FUNCTION refuse_change();
