DROP TABLE certificate_annulments;
