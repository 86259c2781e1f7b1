DROP INDEX order_lines_product;
DROP TABLE order_flags;
