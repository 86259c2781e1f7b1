DROP INDEX api_keys_user;
DROP INDEX mail_tokens_expires;
DROP INDEX registrations_expires;
DROP INDEX invitations_expires;
DROP INDEX refresh_tokens_expires;
DROP INDEX sessions_expires;
