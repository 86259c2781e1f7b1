DROP INDEX payee_accounts_waiting;
