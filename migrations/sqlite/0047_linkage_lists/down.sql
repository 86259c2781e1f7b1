DROP TABLE household_checks;
DROP TABLE household_settlements;
DROP TABLE household_double_claims;
DROP TABLE household_claims;
DROP TABLE household_lists;
DROP TABLE household_years;
