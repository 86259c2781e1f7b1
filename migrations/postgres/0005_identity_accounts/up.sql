-- Organisations. Only the platform's operator may lack a credit code.
CREATE TABLE organisations (
    id BYTEA NOT NULL PRIMARY KEY,
    uscc TEXT COLLATE "C" UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    name_key TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    region_code TEXT COLLATE "C" NOT NULL,
    staff_count BIGINT NOT NULL CHECK (staff_count >= 0),
    is_sme BOOLEAN NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('active', 'suspended')),
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    CHECK (uscc IS NOT NULL OR kind = 'operator')
);
CREATE INDEX organisations_name ON organisations (name_key, id);
CREATE INDEX organisations_region ON organisations (region_code, name_key, id);
CREATE UNIQUE INDEX organisations_operator ON organisations (kind) WHERE kind = 'operator';

-- Which organisation stands below which, on which days [valid_from, valid_to); everyone is below itself at depth 0.
CREATE TABLE unit_closure (
    ancestor_id BYTEA NOT NULL REFERENCES organisations (id),
    descendant_id BYTEA NOT NULL REFERENCES organisations (id),
    depth BIGINT NOT NULL CHECK (depth >= 0),
    valid_from TEXT COLLATE "C" NOT NULL,
    valid_to TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (ancestor_id, descendant_id, valid_from),
    CHECK (valid_from < valid_to)
);
CREATE INDEX unit_closure_descendant ON unit_closure (descendant_id, valid_to);

-- Changes of the tree claim this row first, so that two of them cannot close a circle.
CREATE TABLE unit_tree (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL
);
INSERT INTO unit_tree (id, version) VALUES (1, 1);

-- A canteen contractor orders for a unit on the days [valid_from, valid_to).
CREATE TABLE contractor_ties (
    contractor_id BYTEA NOT NULL REFERENCES organisations (id),
    unit_id BYTEA NOT NULL REFERENCES organisations (id),
    valid_from TEXT COLLATE "C" NOT NULL,
    valid_to TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (contractor_id, unit_id, valid_from),
    CHECK (valid_from < valid_to)
);
CREATE INDEX contractor_ties_unit ON contractor_ties (unit_id, valid_to);

-- People. Without a password hash a person is only invited.
CREATE TABLE users (
    id BYTEA NOT NULL PRIMARY KEY,
    email TEXT COLLATE "C" NOT NULL,
    email_folded TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    password_hash TEXT COLLATE "C",
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('active', 'suspended')),
    email_verified_at BIGINT,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE memberships (
    id BYTEA NOT NULL PRIMARY KEY,
    user_id BYTEA NOT NULL REFERENCES users (id),
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    roles TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (user_id, org_id)
);
CREATE INDEX memberships_org ON memberships (org_id, user_id);

CREATE TABLE sessions (
    id BYTEA NOT NULL PRIMARY KEY,
    user_id BYTEA NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX sessions_user ON sessions (user_id, expires_at);

-- Every refresh token of a session, used ones too, so that the second use of one is noticed.
CREATE TABLE refresh_tokens (
    token_hash BYTEA NOT NULL PRIMARY KEY,
    session_id BYTEA NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    issued_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

-- An invitation into an organisation that exists.
CREATE TABLE invitations (
    id BYTEA NOT NULL PRIMARY KEY,
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    email TEXT COLLATE "C" NOT NULL,
    email_folded TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    roles TEXT COLLATE "C" NOT NULL,
    token_hash BYTEA NOT NULL UNIQUE,
    invited_by BYTEA REFERENCES users (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    accepted_at BIGINT
);
CREATE INDEX invitations_org ON invitations (org_id, id);

-- An organisation that registers itself: nothing of it exists until its first person's address is verified.
CREATE TABLE registrations (
    id BYTEA NOT NULL PRIMARY KEY,
    uscc TEXT COLLATE "C" NOT NULL,
    org_name TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    region_code TEXT COLLATE "C" NOT NULL,
    staff_count BIGINT NOT NULL,
    is_sme BOOLEAN NOT NULL,
    email TEXT COLLATE "C" NOT NULL,
    email_folded TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    token_hash BYTEA NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    confirmed_at BIGINT
);
CREATE INDEX registrations_email ON registrations (email_folded, created_at);

-- One-time links to set a new password.
CREATE TABLE mail_tokens (
    id BYTEA NOT NULL PRIMARY KEY,
    user_id BYTEA NOT NULL REFERENCES users (id),
    token_hash BYTEA NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX mail_tokens_user ON mail_tokens (user_id, created_at);

-- Keys of integrations: a person's, for one organisation, limited to named permissions.
CREATE TABLE api_keys (
    id BYTEA NOT NULL PRIMARY KEY,
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    user_id BYTEA NOT NULL REFERENCES users (id),
    name TEXT COLLATE "C" NOT NULL,
    hint TEXT COLLATE "C" NOT NULL,
    token_hash BYTEA NOT NULL UNIQUE,
    permissions TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX api_keys_org ON api_keys (org_id, id);

-- Failed sign-ins, by (account, source address) and by source address; never by account alone.
CREATE TABLE sign_in_throttle (
    bucket BYTEA NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL CHECK (failures >= 0),
    since BIGINT NOT NULL,
    last_at BIGINT NOT NULL
);
CREATE INDEX sign_in_throttle_last ON sign_in_throttle (last_at);

-- Which keys sign access tokens; the keys themselves are derived from the installation's secret.
CREATE TABLE signing_keys (
    kid TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL,
    retired_at BIGINT
);
