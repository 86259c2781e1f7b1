DROP TABLE classification_terms;
