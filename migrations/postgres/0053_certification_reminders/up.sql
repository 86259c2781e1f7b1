-- The day of the next reminder of an open objection, and the deadline that it was computed from.
ALTER TABLE objections ADD COLUMN remind_on TEXT COLLATE "C";
ALTER TABLE objections ADD COLUMN remind_due TEXT COLLATE "C";
CREATE INDEX objections_remind ON objections (remind_on, id);
