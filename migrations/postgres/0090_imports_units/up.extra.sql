ALTER TABLE imports DROP CONSTRAINT imports_kind_check;
ALTER TABLE imports ADD CONSTRAINT imports_kind_check CHECK (kind IN ('products', 'suppliers', 'units', 'invoices'));
ALTER TABLE import_rows ADD COLUMN rests BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE import_rows ALTER COLUMN rests DROP DEFAULT;
