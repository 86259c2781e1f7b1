DROP TABLE duty_exceptions;
DROP TABLE order_facts;
DROP TABLE invoice_lines;
DROP TABLE invoices;
DROP TABLE ratings;
DROP TABLE refunds;
DROP TABLE payment_orders;
DROP TABLE payments;
