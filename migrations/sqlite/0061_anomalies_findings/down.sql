DROP TABLE anomaly_runs;
DROP TABLE anomalies;
