DROP TABLE complaint_steps;
DROP TABLE complaints;
