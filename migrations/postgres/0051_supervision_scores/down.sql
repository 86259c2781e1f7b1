DROP TABLE score_proposals;
DROP TABLE supplier_score_parts;
DROP TABLE supplier_scores;
