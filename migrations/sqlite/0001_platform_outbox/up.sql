-- Work after the commit, leased to one process at a time.
CREATE TABLE outbox (
    id BLOB NOT NULL PRIMARY KEY,
    topic TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    dead BOOLEAN NOT NULL,
    last_error TEXT
);
CREATE INDEX outbox_due ON outbox (dead, due_at, id);

CREATE TABLE job_periods (
    name TEXT NOT NULL PRIMARY KEY,
    last_period BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    fence BIGINT NOT NULL
);

-- Replies remembered with their effect; the inserted row is the lock.
CREATE TABLE idempotency_keys (
    caller BLOB NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    status BIGINT NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
