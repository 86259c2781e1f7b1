-- Work after the commit, leased to one process at a time.
CREATE TABLE outbox (
    id BYTEA NOT NULL PRIMARY KEY,
    topic TEXT COLLATE "C" NOT NULL,
    payload TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    dead BOOLEAN NOT NULL,
    last_error TEXT COLLATE "C"
);
CREATE INDEX outbox_due ON outbox (dead, due_at, id);

CREATE TABLE job_periods (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    last_period BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    fence BIGINT NOT NULL
);

-- Replies remembered with their effect; the inserted row is the lock.
CREATE TABLE idempotency_keys (
    caller BYTEA NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    fingerprint BYTEA NOT NULL,
    status BIGINT NOT NULL,
    headers TEXT COLLATE "C" NOT NULL,
    body BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
