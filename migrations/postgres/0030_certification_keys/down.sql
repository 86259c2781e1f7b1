DROP TABLE certificate_keys;
