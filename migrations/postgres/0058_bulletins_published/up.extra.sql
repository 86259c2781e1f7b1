CREATE TRIGGER bulletins_published_no_update BEFORE UPDATE ON bulletins FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bulletins_no_delete BEFORE DELETE ON bulletins FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bulletins_content_no_update BEFORE UPDATE OF content, sha256, as_of, year ON bulletins FOR EACH ROW EXECUTE FUNCTION refuse_change();
