DROP TABLE order_receipt_lines;
DROP TABLE order_receipts;
DROP TABLE order_recipients;
