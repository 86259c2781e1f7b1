ALTER TABLE product_certificates DROP COLUMN bars;
