DROP TABLE order_halal_lines;
DROP TABLE halal_certificates;
