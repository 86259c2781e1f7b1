DROP TABLE idempotency_keys;
DROP TABLE job_periods;
DROP TABLE outbox;
