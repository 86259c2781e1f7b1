-- What counts to the plan of a unit's year, by fund: the sums of its entries of ledger_counts whose line met the product rule and
-- does not rest on an annulled certificate alone. Every entry adds itself, whatever appends it; yigou verify adds them up anew.
CREATE TABLE ledger_unit_years (
    unit_id BLOB NOT NULL,
    year BIGINT NOT NULL,
    fund TEXT NOT NULL,
    ordered_fen BIGINT NOT NULL,
    accepted_paid_fen BIGINT NOT NULL,
    completed_fen BIGINT NOT NULL,
    -- Of entries after the year had closed.
    corrected_ordered_fen BIGINT NOT NULL,
    corrected_accepted_paid_fen BIGINT NOT NULL,
    corrected_completed_fen BIGINT NOT NULL,
    PRIMARY KEY (year, unit_id, fund)
);
INSERT INTO ledger_unit_years
SELECT c.unit_id, c.year, c.fund,
    SUM(CASE WHEN c.basis = 'ordered' AND NOT c.correction THEN c.amount_fen ELSE 0 END),
    SUM(CASE WHEN c.basis = 'accepted_paid' AND NOT c.correction THEN c.amount_fen ELSE 0 END),
    SUM(CASE WHEN c.basis = 'completed' AND NOT c.correction THEN c.amount_fen ELSE 0 END),
    SUM(CASE WHEN c.basis = 'ordered' AND c.correction THEN c.amount_fen ELSE 0 END),
    SUM(CASE WHEN c.basis = 'accepted_paid' AND c.correction THEN c.amount_fen ELSE 0 END),
    SUM(CASE WHEN c.basis = 'completed' AND c.correction THEN c.amount_fen ELSE 0 END)
FROM ledger_counts c JOIN order_lines l ON l.id = c.line_id
WHERE l.qualifies AND c.standing IN ('as_placed', 'uncertified') AND c.fund IN ('canteen', 'union', 'personal')
GROUP BY c.unit_id, c.year, c.fund;

-- What was recorded after the day of a report is taken off again.
CREATE INDEX ledger_counts_recorded ON ledger_counts (year, at);

-- sqlite only
CREATE TRIGGER ledger_counts_add_up AFTER INSERT ON ledger_counts
WHEN NEW.standing IN ('as_placed', 'uncertified') AND NEW.fund IN ('canteen', 'union', 'personal')
BEGIN
    INSERT INTO ledger_unit_years
    SELECT NEW.unit_id, NEW.year, NEW.fund,
        CASE WHEN NEW.basis = 'ordered' AND NOT NEW.correction THEN NEW.amount_fen ELSE 0 END,
        CASE WHEN NEW.basis = 'accepted_paid' AND NOT NEW.correction THEN NEW.amount_fen ELSE 0 END,
        CASE WHEN NEW.basis = 'completed' AND NOT NEW.correction THEN NEW.amount_fen ELSE 0 END,
        CASE WHEN NEW.basis = 'ordered' AND NEW.correction THEN NEW.amount_fen ELSE 0 END,
        CASE WHEN NEW.basis = 'accepted_paid' AND NEW.correction THEN NEW.amount_fen ELSE 0 END,
        CASE WHEN NEW.basis = 'completed' AND NEW.correction THEN NEW.amount_fen ELSE 0 END
    FROM order_lines l WHERE l.id = NEW.line_id AND l.qualifies
    ON CONFLICT (year, unit_id, fund) DO UPDATE SET
        ordered_fen = ordered_fen + excluded.ordered_fen,
        accepted_paid_fen = accepted_paid_fen + excluded.accepted_paid_fen,
        completed_fen = completed_fen + excluded.completed_fen,
        corrected_ordered_fen = corrected_ordered_fen + excluded.corrected_ordered_fen,
        corrected_accepted_paid_fen = corrected_accepted_paid_fen + excluded.corrected_accepted_paid_fen,
        corrected_completed_fen = corrected_completed_fen + excluded.corrected_completed_fen;
END;
-- end
