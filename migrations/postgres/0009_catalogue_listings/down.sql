DROP TABLE listing_search;
DROP TABLE stock_changes;
DROP TABLE price_evidence;
DROP TABLE listings;
DROP TABLE product_certificates;
DROP TABLE products;
