-- A budget unit that was closed or merged orders and plans nothing from this day on; its successor has its years from the
-- year of this day on.
ALTER TABLE organisations ADD COLUMN ended_on TEXT;
ALTER TABLE organisations ADD COLUMN successor_id BLOB CHECK (successor_id IS NULL OR ended_on IS NOT NULL);
CREATE INDEX organisations_successor ON organisations (successor_id) WHERE successor_id IS NOT NULL;
