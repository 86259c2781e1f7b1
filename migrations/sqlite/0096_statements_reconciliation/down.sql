DROP TABLE statement_payments;
DROP TABLE statement_invoices;
DROP TABLE statement_acceptances;
DROP TABLE statement_differences;
DROP TABLE statement_lines;
DROP TABLE statement_revisions;
DROP TABLE statements;
DROP TABLE statement_desks;
