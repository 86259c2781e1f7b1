-- One proposal waits at a time, whoever proposes at that moment: the newest.
UPDATE payee_accounts SET state = 'replaced' WHERE state = 'proposed'
    AND EXISTS (SELECT 1 FROM payee_accounts newer WHERE newer.org_id = payee_accounts.org_id AND newer.state = 'proposed' AND newer.id > payee_accounts.id);
CREATE UNIQUE INDEX payee_accounts_waiting ON payee_accounts (org_id) WHERE state = 'proposed';
