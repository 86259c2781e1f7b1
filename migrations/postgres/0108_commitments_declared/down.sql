DROP TABLE purchase_commitment_revisions;
DROP TABLE purchase_commitments;
