ALTER TABLE products DROP COLUMN yearly_output_kg;
