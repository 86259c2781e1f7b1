DROP TABLE mandate_products;
DROP TABLE mandates;
DROP TABLE supplier_decisions;
DROP TABLE supplier_applications;
