DROP TABLE quota_transfers;
