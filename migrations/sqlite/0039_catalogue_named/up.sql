-- Whether a supplier has a product of a name.
CREATE INDEX products_named ON products (org_id, name);
