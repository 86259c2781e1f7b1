CREATE TRIGGER purchase_certificates_append_only BEFORE UPDATE OR DELETE ON purchase_certificates FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER purchase_certificate_ends_append_only BEFORE UPDATE OR DELETE ON purchase_certificate_ends FOR EACH ROW EXECUTE FUNCTION refuse_change();
