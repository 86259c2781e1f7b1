CREATE TRIGGER order_facts_append_only BEFORE UPDATE OR DELETE ON order_facts FOR EACH ROW EXECUTE FUNCTION refuse_change();
