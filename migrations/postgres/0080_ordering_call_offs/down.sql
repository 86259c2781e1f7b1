DROP TABLE call_offs;
