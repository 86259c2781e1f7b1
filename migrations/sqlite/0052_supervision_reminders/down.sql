DROP INDEX complaints_remind;
ALTER TABLE complaints DROP COLUMN remind_due;
ALTER TABLE complaints DROP COLUMN remind_on;
DROP INDEX findings_remind;
ALTER TABLE findings DROP COLUMN remind_due;
ALTER TABLE findings DROP COLUMN remind_on;
