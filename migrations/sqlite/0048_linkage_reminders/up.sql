-- How far a day's reminders of the yearly re-check have come: the last certificate looked at.
CREATE TABLE household_reminder_days (
    day TEXT NOT NULL PRIMARY KEY,
    after TEXT NOT NULL,
    done BOOLEAN NOT NULL
);
-- When a supplier was last reminded of a certificate's list of a year, and by which rule.
CREATE TABLE household_reminders (
    certificate_number TEXT NOT NULL,
    year BIGINT NOT NULL,
    reminded_on TEXT NOT NULL,
    rule_id BLOB NOT NULL,
    PRIMARY KEY (certificate_number, year)
);
