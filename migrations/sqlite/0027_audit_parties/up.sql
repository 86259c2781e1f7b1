-- Who else an entry concerns, beside its owner and the other party: the unit of an order that a contractor placed, and who pays it.
CREATE TABLE audit_parties (
    entry_id BLOB NOT NULL REFERENCES audit_entries (id),
    org_id BLOB NOT NULL,
    PRIMARY KEY (entry_id, org_id)
);
-- sqlite only
CREATE TRIGGER audit_parties_no_update BEFORE UPDATE ON audit_parties BEGIN SELECT RAISE(ABORT, 'audit_parties is append-only'); END;
CREATE TRIGGER audit_parties_no_delete BEFORE DELETE ON audit_parties BEGIN SELECT RAISE(ABORT, 'audit_parties is append-only'); END;
-- end
