CREATE TRIGGER catalogue_batches_append_only BEFORE UPDATE OR DELETE ON catalogue_batches FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER catalogue_batch_rows_append_only BEFORE UPDATE OR DELETE ON catalogue_batch_rows FOR EACH ROW EXECUTE FUNCTION refuse_change();
