DROP TABLE finding_decisions;
DROP TABLE finding_answers;
DROP TABLE findings;
