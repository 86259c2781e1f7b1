CREATE TRIGGER order_facts_append_only BEFORE UPDATE OR DELETE ON order_facts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER order_annulments_append_only BEFORE UPDATE OR DELETE ON order_annulments FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER order_annulment_lines_append_only BEFORE UPDATE OR DELETE ON order_annulment_lines FOR EACH ROW EXECUTE FUNCTION refuse_change();
