ALTER TABLE open_county_months DROP COLUMN ordered_uncompleted_units;
ALTER TABLE open_county_months DROP COLUMN paid_uncompleted_units;
ALTER TABLE open_county_months DROP COLUMN ordered_unpaid_units;
