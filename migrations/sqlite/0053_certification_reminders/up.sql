-- The day of the next reminder of an open objection, and the deadline that it was computed from.
ALTER TABLE objections ADD COLUMN remind_on TEXT;
ALTER TABLE objections ADD COLUMN remind_due TEXT;
CREATE INDEX objections_remind ON objections (remind_on, id);
