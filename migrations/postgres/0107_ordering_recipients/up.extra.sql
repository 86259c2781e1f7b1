CREATE TRIGGER order_receipts_append_only BEFORE UPDATE OR DELETE ON order_receipts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER order_receipt_lines_append_only BEFORE UPDATE OR DELETE ON order_receipt_lines FOR EACH ROW EXECUTE FUNCTION refuse_change();
