DROP TABLE payer_ties;
