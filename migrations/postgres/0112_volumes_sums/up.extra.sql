CREATE FUNCTION ledger_counts_to_volumes() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO volume_tail (count_id, line_id) SELECT c.id, c.line_id FROM fresh c WHERE c.standing <> 'void';
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_counts_to_volumes AFTER INSERT ON ledger_counts REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_counts_to_volumes();
