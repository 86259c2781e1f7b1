DROP INDEX certificates_scheme;
DROP TABLE catalogue_batch_rows;
DROP TABLE catalogue_batches;
DROP TABLE catalogue_batch_heads;
