-- Of how many units two amounts of a county's month differ: what is the difference of two amounts belongs to these units alone, and where
-- they are too few one of the two is not shown. Revisions from before do not know it; every month is made once more.
ALTER TABLE open_county_months ADD COLUMN ordered_unpaid_units BIGINT;
ALTER TABLE open_county_months ADD COLUMN paid_uncompleted_units BIGINT;
ALTER TABLE open_county_months ADD COLUMN ordered_uncompleted_units BIGINT;
UPDATE open_months SET entries = -1;
-- At once, not in the next hour.
UPDATE job_periods SET last_period = -1 WHERE name = 'opendata.publish';
