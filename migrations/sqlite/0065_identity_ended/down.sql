DROP INDEX organisations_successor;
ALTER TABLE organisations DROP COLUMN successor_id;
ALTER TABLE organisations DROP COLUMN ended_on;
