DROP INDEX objections_remind;
ALTER TABLE objections DROP COLUMN remind_due;
ALTER TABLE objections DROP COLUMN remind_on;
