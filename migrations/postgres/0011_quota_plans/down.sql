DROP TABLE plan_reviews;
DROP TABLE plan_revisions;
DROP TABLE plans;
