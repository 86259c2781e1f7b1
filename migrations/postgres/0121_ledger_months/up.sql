-- Entries of a month are gone through order by order, some orders at a time.
DROP INDEX ledger_counts_month;
CREATE INDEX ledger_counts_month ON ledger_counts (month, order_id);
