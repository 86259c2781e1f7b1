-- Rows in the order of their keys, so that two transactions wait for each other in one direction only.
CREATE FUNCTION ledger_counts_add_up() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ledger_unit_years
    SELECT c.unit_id, c.year, c.fund,
        SUM(CASE WHEN c.basis = 'ordered' AND NOT c.correction THEN c.amount_fen ELSE 0 END),
        SUM(CASE WHEN c.basis = 'accepted_paid' AND NOT c.correction THEN c.amount_fen ELSE 0 END),
        SUM(CASE WHEN c.basis = 'completed' AND NOT c.correction THEN c.amount_fen ELSE 0 END),
        SUM(CASE WHEN c.basis = 'ordered' AND c.correction THEN c.amount_fen ELSE 0 END),
        SUM(CASE WHEN c.basis = 'accepted_paid' AND c.correction THEN c.amount_fen ELSE 0 END),
        SUM(CASE WHEN c.basis = 'completed' AND c.correction THEN c.amount_fen ELSE 0 END)
    FROM fresh c JOIN order_lines l ON l.id = c.line_id
    WHERE l.qualifies AND c.standing IN ('as_placed', 'uncertified') AND c.fund IN ('canteen', 'union', 'personal')
    GROUP BY c.unit_id, c.year, c.fund ORDER BY c.unit_id, c.year, c.fund
    ON CONFLICT (year, unit_id, fund) DO UPDATE SET
        ordered_fen = ledger_unit_years.ordered_fen + excluded.ordered_fen,
        accepted_paid_fen = ledger_unit_years.accepted_paid_fen + excluded.accepted_paid_fen,
        completed_fen = ledger_unit_years.completed_fen + excluded.completed_fen,
        corrected_ordered_fen = ledger_unit_years.corrected_ordered_fen + excluded.corrected_ordered_fen,
        corrected_accepted_paid_fen = ledger_unit_years.corrected_accepted_paid_fen + excluded.corrected_accepted_paid_fen,
        corrected_completed_fen = ledger_unit_years.corrected_completed_fen + excluded.corrected_completed_fen;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_counts_add_up AFTER INSERT ON ledger_counts REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_counts_add_up();
