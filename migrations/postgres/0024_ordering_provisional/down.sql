ALTER TABLE payments DROP COLUMN answer_by_provisional;
