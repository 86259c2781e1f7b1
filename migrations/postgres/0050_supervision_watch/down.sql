DROP TABLE price_alerts;
DROP TABLE price_watch_months;
DROP TABLE supervision_runs;
