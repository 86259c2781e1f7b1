-- The program before knows neither orders that wait for an approval nor such as ended before it.
UPDATE orders SET state = 'placed' WHERE state = 'awaiting_approval';
UPDATE orders SET state = 'cancelled' WHERE state IN ('rejected', 'lapsed', 'withdrawn');
DROP TABLE order_approvals;
DROP TABLE order_approvers;
DROP TABLE order_approval_plans;

ALTER TABLE orders DROP CONSTRAINT orders_state_check;
ALTER TABLE orders ADD CONSTRAINT orders_state_check CHECK (state IN ('placed', 'confirmed', 'declined', 'expired', 'cancelled', 'closed'));
