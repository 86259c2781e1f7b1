CREATE TRIGGER order_classifications_append_only BEFORE UPDATE OR DELETE ON order_classifications FOR EACH ROW EXECUTE FUNCTION refuse_change();
