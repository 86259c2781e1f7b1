DROP INDEX order_lines_halal;
ALTER TABLE order_lines DROP COLUMN halal_number;
DROP TABLE halal_certificates;
