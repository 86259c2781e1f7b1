DROP TABLE standing_occurrences;
DROP TABLE standing_skips;
DROP TABLE standing_revisions;
DROP TABLE standing_orders;
