DROP INDEX objections_source;
ALTER TABLE objections DROP COLUMN source;
