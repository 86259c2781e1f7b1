-- Suppliers that may neither be admitted anew nor apply for certification while they are listed. Kept for ever.
CREATE TABLE blacklist_entries (
    id BYTEA NOT NULL PRIMARY KEY,
    org_id BYTEA NOT NULL REFERENCES organisations (id),
    supplier_name TEXT COLLATE "C" NOT NULL,
    uscc TEXT COLLATE "C",
    region_code TEXT COLLATE "C" NOT NULL,
    cause TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C",
    document_no TEXT COLLATE "C",
    -- The certificate whose end listed it.
    certificate_id BYTEA,
    certificate_number TEXT COLLATE "C",
    listed_from TEXT COLLATE "C" NOT NULL,
    -- The last day; none: for good.
    listed_until TEXT COLLATE "C",
    rule_id BYTEA,
    office_org BYTEA NOT NULL,
    office_region TEXT COLLATE "C" NOT NULL,
    decided_by BYTEA NOT NULL,
    decided_at BIGINT NOT NULL,
    appeal_until TEXT COLLATE "C" NOT NULL,
    appeal_rule_id BYTEA NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('listed', 'lifted', 'annulled')),
    ended_on TEXT COLLATE "C",
    ended_by BYTEA,
    end_reason TEXT COLLATE "C",
    version BIGINT NOT NULL,
    CHECK (listed_until IS NULL OR listed_until >= listed_from),
    CHECK ((status = 'listed') = (ended_on IS NULL))
);
CREATE INDEX blacklist_entries_org ON blacklist_entries (org_id, id);
CREATE INDEX blacklist_entries_current ON blacklist_entries (status, id);
CREATE INDEX blacklist_entries_region ON blacklist_entries (region_code, id);

-- A supplier appeals once against an entry; the office one level above decides.
CREATE TABLE blacklist_appeals (
    id BYTEA NOT NULL PRIMARY KEY,
    entry_id BYTEA NOT NULL UNIQUE REFERENCES blacklist_entries (id),
    org_id BYTEA NOT NULL,
    region_code TEXT COLLATE "C" NOT NULL,
    statement TEXT COLLATE "C" NOT NULL,
    -- JSON list of file ids.
    files TEXT COLLATE "C" NOT NULL,
    filed_by BYTEA NOT NULL,
    filed_at BIGINT NOT NULL,
    office_region TEXT COLLATE "C" NOT NULL,
    due_on TEXT COLLATE "C" NOT NULL,
    due_provisional BOOLEAN NOT NULL,
    due_rule_id BYTEA NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('open', 'upheld', 'dismissed')),
    reason TEXT COLLATE "C",
    decided_by BYTEA,
    decided_for BYTEA,
    decided_at BIGINT,
    CHECK ((status = 'open') = (decided_at IS NULL))
);
CREATE INDEX blacklist_appeals_region ON blacklist_appeals (region_code, id);
CREATE INDEX blacklist_appeals_org ON blacklist_appeals (org_id, id);
