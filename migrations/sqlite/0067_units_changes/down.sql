DROP TABLE unit_changes;
