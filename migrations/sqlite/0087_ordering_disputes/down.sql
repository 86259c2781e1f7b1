DROP TABLE dispute_settlement_lines;
DROP TABLE dispute_settlements;
DROP TABLE dispute_files;
DROP TABLE dispute_entries;
DROP TABLE dispute_lines;
DROP TABLE disputes;
