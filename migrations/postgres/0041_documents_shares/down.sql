DROP TABLE file_shares;
