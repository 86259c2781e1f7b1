-- The day of the next reminder, and the deadline that it was computed from: another deadline begins anew.
ALTER TABLE findings ADD COLUMN remind_on TEXT;
ALTER TABLE findings ADD COLUMN remind_due TEXT;
CREATE INDEX findings_remind ON findings (remind_on, id);
ALTER TABLE complaints ADD COLUMN remind_on TEXT;
ALTER TABLE complaints ADD COLUMN remind_due TEXT;
CREATE INDEX complaints_remind ON complaints (remind_on, id);
