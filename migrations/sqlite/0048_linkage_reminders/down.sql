DROP TABLE household_reminders;
DROP TABLE household_reminder_days;
