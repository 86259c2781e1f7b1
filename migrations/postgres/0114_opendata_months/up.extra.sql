CREATE TRIGGER open_county_months_no_update BEFORE UPDATE ON open_county_months FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER open_county_months_no_delete BEFORE DELETE ON open_county_months FOR EACH ROW EXECUTE FUNCTION refuse_change();
