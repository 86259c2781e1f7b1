-- What is forgotten is found by when it ended, without reading all that is still good.
CREATE INDEX sessions_expires ON sessions (expires_at);
CREATE INDEX refresh_tokens_expires ON refresh_tokens (expires_at);
CREATE INDEX invitations_expires ON invitations (expires_at);
CREATE INDEX registrations_expires ON registrations (expires_at);
CREATE INDEX mail_tokens_expires ON mail_tokens (expires_at);
-- The keys that a person made.
CREATE INDEX api_keys_user ON api_keys (user_id);
