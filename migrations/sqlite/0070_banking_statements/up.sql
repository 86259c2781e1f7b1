-- One row per supplier that uses its bank statements: reading a file and booking a line come one after another.
CREATE TABLE bank_desks (
    org_id BLOB NOT NULL PRIMARY KEY REFERENCES organisations (id),
    version BIGINT NOT NULL
);

-- A file of a bank account's movements. rows = new_lines + known_lines; what is wrong or no movement stands beside it.
CREATE TABLE bank_statements (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL REFERENCES organisations (id),
    region_code TEXT NOT NULL,
    account_number TEXT NOT NULL,
    file_id BLOB NOT NULL REFERENCES files (id),
    uploaded_by BLOB NOT NULL,
    uploaded_at BIGINT NOT NULL,
    book_unambiguous BOOLEAN NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('read', 'booking', 'booked', 'stopped')),
    -- The number of the last row that the job looked at.
    cursor BIGINT NOT NULL,
    new_lines BIGINT NOT NULL CHECK (new_lines >= 0),
    known_lines BIGINT NOT NULL CHECK (known_lines >= 0),
    wrong_rows BIGINT NOT NULL CHECK (wrong_rows >= 0),
    skipped_rows BIGINT NOT NULL CHECK (skipped_rows >= 0),
    job_booked BIGINT NOT NULL CHECK (job_booked BETWEEN 0 AND new_lines + known_lines),
    ended_at BIGINT,
    version BIGINT NOT NULL,
    CHECK (book_unambiguous OR state = 'read')
);
CREATE INDEX bank_statements_org ON bank_statements (org_id, id);

-- What is wrong with rows of a file, in their order; the first of them.
CREATE TABLE bank_statement_errors (
    statement_id BLOB NOT NULL REFERENCES bank_statements (id),
    position BIGINT NOT NULL,
    number BIGINT NOT NULL,
    letters TEXT NOT NULL,
    title TEXT NOT NULL,
    code TEXT NOT NULL,
    zh TEXT NOT NULL,
    en TEXT NOT NULL,
    PRIMARY KEY (statement_id, position)
);

-- A movement, once, however many files show it. identity: SHA-256 of what tells it from others (account, day, direction and
-- amount, with the bank's reference, or with name, text and its ordinal among equal ones).
CREATE TABLE bank_lines (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL REFERENCES organisations (id),
    account_number TEXT NOT NULL,
    identity TEXT NOT NULL,
    booked_on TEXT NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('credit', 'debit')),
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    name TEXT NOT NULL,
    counter_account TEXT NOT NULL,
    text TEXT NOT NULL,
    reference TEXT,
    UNIQUE (org_id, identity)
);
CREATE INDEX bank_lines_amount ON bank_lines (org_id, direction, amount_fen);

-- Which file shows which movement, at which row.
CREATE TABLE bank_statement_lines (
    statement_id BLOB NOT NULL REFERENCES bank_statements (id),
    number BIGINT NOT NULL,
    line_id BLOB NOT NULL REFERENCES bank_lines (id),
    PRIMARY KEY (statement_id, number)
);

-- Which movement is which payment: one of each. confirmed: the booking confirmed the payment; otherwise it was confirmed
-- before. Where the job booked, the rule row by which it was sure stands in place of a person.
CREATE TABLE bank_bookings (
    line_id BLOB NOT NULL PRIMARY KEY REFERENCES bank_lines (id),
    payment_id BLOB NOT NULL UNIQUE REFERENCES payments (id),
    confirmed BOOLEAN NOT NULL,
    booked_at BIGINT NOT NULL,
    booked_by BLOB,
    rule_id BLOB,
    CHECK ((booked_by IS NULL) = (rule_id IS NOT NULL))
);

-- sqlite only
CREATE TRIGGER bank_bookings_no_update BEFORE UPDATE ON bank_bookings BEGIN SELECT RAISE(ABORT, 'bank_bookings is append-only'); END;
CREATE TRIGGER bank_bookings_no_delete BEFORE DELETE ON bank_bookings BEGIN SELECT RAISE(ABORT, 'bank_bookings is append-only'); END;
-- end
