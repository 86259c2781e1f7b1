-- The day of the next reminder, and the deadline that it was computed from: another deadline begins anew.
ALTER TABLE findings ADD COLUMN remind_on TEXT COLLATE "C";
ALTER TABLE findings ADD COLUMN remind_due TEXT COLLATE "C";
CREATE INDEX findings_remind ON findings (remind_on, id);
ALTER TABLE complaints ADD COLUMN remind_on TEXT COLLATE "C";
ALTER TABLE complaints ADD COLUMN remind_due TEXT COLLATE "C";
CREATE INDEX complaints_remind ON complaints (remind_on, id);
