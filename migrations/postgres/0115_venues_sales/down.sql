DROP TABLE venue_entries;
DROP TABLE venue_sources;
DROP TABLE venue_sales;
DROP TABLE venue_operators;
DROP TABLE venues;
