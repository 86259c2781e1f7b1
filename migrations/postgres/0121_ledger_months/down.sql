DROP INDEX ledger_counts_month;
CREATE INDEX ledger_counts_month ON ledger_counts (month);
