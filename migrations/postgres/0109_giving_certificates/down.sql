DROP TABLE purchase_certificate_ends;
DROP TABLE purchase_certificates;
DROP TABLE purchase_certificate_years;
