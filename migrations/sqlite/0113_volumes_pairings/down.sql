DROP TABLE pairing_units;
