DROP TABLE audit_sequence;
DROP TABLE audit_positions;
DROP TABLE audit_unsequenced;
DROP TABLE audit_entries;
