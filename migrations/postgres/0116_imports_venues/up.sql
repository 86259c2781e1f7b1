-- What venues sold comes in by workbook too.
ALTER TABLE imports DROP CONSTRAINT imports_kind_check;
ALTER TABLE imports ADD CONSTRAINT imports_kind_check CHECK (kind IN ('products', 'suppliers', 'units', 'invoices', 'donation_activities', 'venue_sales'));
