DROP INDEX bulletins_published_at;
DROP TABLE open_county_months;
DROP TABLE open_months;
