CREATE TRIGGER donation_steps_append_only BEFORE UPDATE OR DELETE ON donation_steps FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER donation_entries_append_only BEFORE UPDATE OR DELETE ON donation_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER donation_entry_parts_append_only BEFORE UPDATE OR DELETE ON donation_entry_parts FOR EACH ROW EXECUTE FUNCTION refuse_change();
