DROP TABLE approval_delegations;
DROP TABLE approval_chains;
