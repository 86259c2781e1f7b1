CREATE TRIGGER certificate_annulments_append_only BEFORE UPDATE OR DELETE ON certificate_annulments FOR EACH ROW EXECUTE FUNCTION refuse_change();
