DROP TABLE lot_papers;
ALTER TABLE shipment_lines DROP COLUMN made_on;
