DROP TABLE audit_parties;
