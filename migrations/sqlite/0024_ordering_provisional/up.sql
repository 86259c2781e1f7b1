-- The day to answer a payment rests on a calendar year that was not loaded: it is computed again when it is.
ALTER TABLE payments ADD COLUMN answer_by_provisional BOOLEAN NOT NULL DEFAULT FALSE;
-- What it rested on was not kept so far: whatever waits for an answer is computed again once.
UPDATE payments SET answer_by_provisional = TRUE WHERE state = 'reported';
