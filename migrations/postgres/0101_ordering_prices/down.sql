ALTER TABLE order_allowances DROP COLUMN price_change_id;
DROP TABLE order_price_change_approvers;
DROP TABLE order_price_change_lines;
DROP TABLE order_price_changes;
