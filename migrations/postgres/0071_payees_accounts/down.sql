DROP TABLE payee_notices;
DROP TABLE payee_accounts;
