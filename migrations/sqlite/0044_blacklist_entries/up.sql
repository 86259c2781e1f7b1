-- Suppliers that may neither be admitted anew nor apply for certification while they are listed. Kept for ever.
CREATE TABLE blacklist_entries (
    id BLOB NOT NULL PRIMARY KEY,
    org_id BLOB NOT NULL REFERENCES organisations (id),
    supplier_name TEXT NOT NULL,
    uscc TEXT,
    region_code TEXT NOT NULL,
    cause TEXT NOT NULL,
    reason TEXT,
    document_no TEXT,
    -- The certificate whose end listed it.
    certificate_id BLOB,
    certificate_number TEXT,
    listed_from TEXT NOT NULL,
    -- The last day; none: for good.
    listed_until TEXT,
    rule_id BLOB,
    office_org BLOB NOT NULL,
    office_region TEXT NOT NULL,
    decided_by BLOB NOT NULL,
    decided_at BIGINT NOT NULL,
    appeal_until TEXT NOT NULL,
    appeal_rule_id BLOB NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('listed', 'lifted', 'annulled')),
    ended_on TEXT,
    ended_by BLOB,
    end_reason TEXT,
    version BIGINT NOT NULL,
    CHECK (listed_until IS NULL OR listed_until >= listed_from),
    CHECK ((status = 'listed') = (ended_on IS NULL))
);
CREATE INDEX blacklist_entries_org ON blacklist_entries (org_id, id);
CREATE INDEX blacklist_entries_current ON blacklist_entries (status, id);
CREATE INDEX blacklist_entries_region ON blacklist_entries (region_code, id);

-- A supplier appeals once against an entry; the office one level above decides.
CREATE TABLE blacklist_appeals (
    id BLOB NOT NULL PRIMARY KEY,
    entry_id BLOB NOT NULL UNIQUE REFERENCES blacklist_entries (id),
    org_id BLOB NOT NULL,
    region_code TEXT NOT NULL,
    statement TEXT NOT NULL,
    -- JSON list of file ids.
    files TEXT NOT NULL,
    filed_by BLOB NOT NULL,
    filed_at BIGINT NOT NULL,
    office_region TEXT NOT NULL,
    due_on TEXT NOT NULL,
    due_provisional BOOLEAN NOT NULL,
    due_rule_id BLOB NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'upheld', 'dismissed')),
    reason TEXT,
    decided_by BLOB,
    decided_for BLOB,
    decided_at BIGINT,
    CHECK ((status = 'open') = (decided_at IS NULL))
);
CREATE INDEX blacklist_appeals_region ON blacklist_appeals (region_code, id);
CREATE INDEX blacklist_appeals_org ON blacklist_appeals (org_id, id);
