-- The program before knows neither orders that wait for an approval nor such as ended before it.
UPDATE orders SET state = 'placed' WHERE state = 'awaiting_approval';
UPDATE orders SET state = 'cancelled' WHERE state IN ('rejected', 'lapsed', 'withdrawn');
DROP TABLE order_approvals;
DROP TABLE order_approvers;
DROP TABLE order_approval_plans;

-- sqlite only
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, ', ''awaiting_approval'', ''rejected'', ''lapsed'', ''withdrawn''', '')
    WHERE type = 'table' AND name = 'orders';
PRAGMA writable_schema = RESET;
-- end
