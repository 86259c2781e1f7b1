CREATE TRIGGER venue_sources_append_only BEFORE UPDATE OR DELETE ON venue_sources FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER venue_entries_append_only BEFORE UPDATE OR DELETE ON venue_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER venue_sales_no_delete BEFORE DELETE ON venue_sales FOR EACH ROW EXECUTE FUNCTION refuse_change();
