DROP TABLE inspection_inspectors;
DROP TABLE inspections;
DROP TABLE inspection_pool;
DROP TABLE inspection_population;
DROP TABLE inspection_plans;
