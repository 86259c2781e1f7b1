DROP TABLE agreement_revisions;
DROP TABLE agreement_units;
DROP TABLE agreements;
