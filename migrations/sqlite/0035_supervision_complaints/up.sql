-- Complaints (投诉) of the public and of buyers about an order of theirs.
CREATE TABLE complaints (
    id BLOB NOT NULL PRIMARY KEY,
    origin TEXT NOT NULL CHECK (origin IN ('public', 'buyer')),
    subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    supplier_org BLOB NOT NULL REFERENCES organisations (id),
    supplier_name TEXT NOT NULL,
    -- Where the supplier is registered: whose offices may see it.
    region_code TEXT NOT NULL,
    -- The region whose office handles it; only that office sees the contact.
    office TEXT NOT NULL,
    contact TEXT,
    text TEXT NOT NULL,
    -- The number of the hotline 12317 under which it was reported as well.
    reference_12317 TEXT UNIQUE,
    buyer_org BLOB,
    filed_by BLOB,
    filed_at BIGINT NOT NULL,
    -- Where an anonymous one came from, as a digest of supplier and address: so many may be open from one source.
    source BLOB,
    -- What shows whoever holds the receipt how far it has come; only its hash is kept.
    receipt_hash BLOB UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('received', 'accepted', 'verified', 'decided', 'replied')),
    outcome TEXT CHECK (outcome IN ('upheld', 'dismissed')),
    reason TEXT,
    reply TEXT,
    handler BLOB,
    finding_id BLOB REFERENCES findings (id),
    due_from TEXT NOT NULL,
    -- The last day to accept, then to decide; none once it is decided.
    due_on TEXT,
    due_provisional BOOLEAN NOT NULL,
    due_rule_id BLOB,
    decided_at BIGINT,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX complaints_region ON complaints (region_code, id);
CREATE INDEX complaints_supplier ON complaints (supplier_org, id);
CREATE INDEX complaints_buyer ON complaints (buyer_org, id);
CREATE INDEX complaints_due ON complaints (state, due_on, id);
CREATE INDEX complaints_source ON complaints (source, state);
CREATE UNIQUE INDEX complaints_order_open ON complaints (subject)
    WHERE origin = 'buyer' AND state IN ('received', 'accepted', 'verified');

-- What was done with a complaint, and who answers for it; never changed.
CREATE TABLE complaint_steps (
    id BLOB NOT NULL PRIMARY KEY,
    complaint_id BLOB NOT NULL REFERENCES complaints (id),
    event TEXT NOT NULL,
    text TEXT,
    file_ids TEXT NOT NULL,
    office_org BLOB NOT NULL,
    office TEXT NOT NULL,
    taken_by BLOB NOT NULL,
    taken_at BIGINT NOT NULL,
    late BOOLEAN NOT NULL,
    due_on TEXT,
    due_rule_id BLOB
);
CREATE INDEX complaint_steps_complaint ON complaint_steps (complaint_id, id);
