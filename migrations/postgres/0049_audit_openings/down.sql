DROP INDEX audit_entries_openings;
