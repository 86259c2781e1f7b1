CREATE TRIGGER bank_bookings_append_only BEFORE UPDATE OR DELETE ON bank_bookings FOR EACH ROW EXECUTE FUNCTION refuse_change();
