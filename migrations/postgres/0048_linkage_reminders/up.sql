-- How far a day's reminders of the yearly re-check have come: the last certificate looked at.
CREATE TABLE household_reminder_days (
    day TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    after TEXT COLLATE "C" NOT NULL,
    done BOOLEAN NOT NULL
);
-- When a supplier was last reminded of a certificate's list of a year, and by which rule.
CREATE TABLE household_reminders (
    certificate_number TEXT COLLATE "C" NOT NULL,
    year BIGINT NOT NULL,
    reminded_on TEXT COLLATE "C" NOT NULL,
    rule_id BYTEA NOT NULL,
    PRIMARY KEY (certificate_number, year)
);
