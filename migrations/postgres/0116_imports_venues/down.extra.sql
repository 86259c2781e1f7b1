DELETE FROM import_rows WHERE import_id IN (SELECT id FROM imports WHERE kind = 'venue_sales');
DELETE FROM import_errors WHERE import_id IN (SELECT id FROM imports WHERE kind = 'venue_sales');
DELETE FROM import_results WHERE import_id IN (SELECT id FROM imports WHERE kind = 'venue_sales');
DELETE FROM imports WHERE kind = 'venue_sales';
ALTER TABLE imports DROP CONSTRAINT imports_kind_check;
ALTER TABLE imports ADD CONSTRAINT imports_kind_check CHECK (kind IN ('products', 'suppliers', 'units', 'invoices', 'donation_activities'));
