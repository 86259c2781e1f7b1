CREATE TRIGGER purchase_commitment_revisions_decided BEFORE UPDATE ON purchase_commitment_revisions FOR EACH ROW
    WHEN (OLD.verdict IS NOT NULL OR NEW.amount_fen <> OLD.amount_fen OR NEW.from_month <> OLD.from_month OR NEW.to_month <> OLD.to_month)
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER purchase_commitment_revisions_no_delete BEFORE DELETE ON purchase_commitment_revisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
