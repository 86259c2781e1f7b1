-- Who else an entry concerns, beside its owner and the other party: the unit of an order that a contractor placed, and who pays it.
CREATE TABLE audit_parties (
    entry_id BYTEA NOT NULL REFERENCES audit_entries (id),
    org_id BYTEA NOT NULL,
    PRIMARY KEY (entry_id, org_id)
);
CREATE TRIGGER audit_parties_append_only BEFORE UPDATE OR DELETE ON audit_parties FOR EACH ROW EXECUTE FUNCTION refuse_change();
