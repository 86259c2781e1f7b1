-- One row per supplier that uses its bank statements: reading a file and booking a line come one after another.
CREATE TABLE bank_desks (
    org_id BYTEA NOT NULL PRIMARY KEY REFERENCES organisations (id),
    version BIGINT NOT NULL
);

-- A file of a bank account's movements. rows = new_lines + known_lines; what is wrong or no movement stands beside it.
CREATE TABLE bank_statements (
    id BYTEA NOT NULL PRIMARY KEY,
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    region_code TEXT COLLATE "C" NOT NULL,
    account_number TEXT COLLATE "C" NOT NULL,
    file_id BYTEA NOT NULL REFERENCES files (id),
    uploaded_by BYTEA NOT NULL,
    uploaded_at BIGINT NOT NULL,
    book_unambiguous BOOLEAN NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('read', 'booking', 'booked', 'stopped')),
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
    statement_id BYTEA NOT NULL REFERENCES bank_statements (id),
    position BIGINT NOT NULL,
    number BIGINT NOT NULL,
    letters TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    zh TEXT COLLATE "C" NOT NULL,
    en TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (statement_id, position)
);

-- A movement, once, however many files show it. identity: SHA-256 of what tells it from others (account, day, direction and
-- amount, with the bank's reference, or with name, text and its ordinal among equal ones).
CREATE TABLE bank_lines (
    id BYTEA NOT NULL PRIMARY KEY,
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    account_number TEXT COLLATE "C" NOT NULL,
    identity TEXT COLLATE "C" NOT NULL,
    booked_on TEXT COLLATE "C" NOT NULL,
    direction TEXT COLLATE "C" NOT NULL CHECK (direction IN ('credit', 'debit')),
    amount_fen BIGINT NOT NULL CHECK (amount_fen > 0),
    name TEXT COLLATE "C" NOT NULL,
    counter_account TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    reference TEXT COLLATE "C",
    UNIQUE (org_id, identity)
);
CREATE INDEX bank_lines_amount ON bank_lines (org_id, direction, amount_fen);

-- Which file shows which movement, at which row.
CREATE TABLE bank_statement_lines (
    statement_id BYTEA NOT NULL REFERENCES bank_statements (id),
    number BIGINT NOT NULL,
    line_id BYTEA NOT NULL REFERENCES bank_lines (id),
    PRIMARY KEY (statement_id, number)
);

-- Which movement is which payment: one of each. confirmed: the booking confirmed the payment; otherwise it was confirmed
-- before. Where the job booked, the rule row by which it was sure stands in place of a person.
CREATE TABLE bank_bookings (
    line_id BYTEA NOT NULL PRIMARY KEY REFERENCES bank_lines (id),
    payment_id BYTEA NOT NULL UNIQUE REFERENCES payments (id),
    confirmed BOOLEAN NOT NULL,
    booked_at BIGINT NOT NULL,
    booked_by BYTEA,
    rule_id BYTEA,
    CHECK ((booked_by IS NULL) = (rule_id IS NOT NULL))
);

CREATE TRIGGER bank_bookings_append_only BEFORE UPDATE OR DELETE ON bank_bookings FOR EACH ROW EXECUTE FUNCTION refuse_change();
