DROP TABLE anonymous_files;
DROP TABLE file_shares;
