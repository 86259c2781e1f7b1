ALTER TABLE ledger_counts DROP COLUMN reclassed;
ALTER TABLE ledger_counts DROP COLUMN class_no;
DROP TABLE order_classifications;
