ALTER TABLE orders DROP CONSTRAINT orders_state_check;
ALTER TABLE orders ADD CONSTRAINT orders_state_check CHECK (state IN ('placed', 'confirmed', 'declined', 'expired', 'cancelled', 'closed'));
