-- How much of a product is made in a year, as its supplier declares: what is shipped beyond it came from elsewhere.
ALTER TABLE products ADD COLUMN yearly_output_kg BIGINT CHECK (yearly_output_kg > 0);
