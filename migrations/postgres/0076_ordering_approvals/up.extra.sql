CREATE TRIGGER order_approvals_append_only BEFORE UPDATE OR DELETE ON order_approvals FOR EACH ROW EXECUTE FUNCTION refuse_change();
ALTER TABLE orders DROP CONSTRAINT orders_state_check;
ALTER TABLE orders ADD CONSTRAINT orders_state_check CHECK (state IN ('placed', 'confirmed', 'declined', 'expired', 'cancelled', 'closed', 'awaiting_approval', 'rejected', 'lapsed', 'withdrawn'));
