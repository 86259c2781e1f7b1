DROP TABLE certification_opinions;
DROP TABLE certification_assignments;
DROP INDEX certification_applications_remind;
DROP INDEX certification_applications_queue;
ALTER TABLE certification_applications DROP COLUMN remind_on;
ALTER TABLE certification_applications DROP COLUMN assigned_to;
