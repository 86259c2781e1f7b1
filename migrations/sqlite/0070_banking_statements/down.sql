DROP TABLE bank_bookings;
DROP TABLE bank_statement_lines;
DROP TABLE bank_lines;
DROP TABLE bank_statement_errors;
DROP TABLE bank_statements;
DROP TABLE bank_desks;
