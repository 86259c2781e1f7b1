-- Complaints (投诉) of the public and of buyers about an order of theirs.
CREATE TABLE complaints (
    id BYTEA NOT NULL PRIMARY KEY,
    origin TEXT COLLATE "C" NOT NULL CHECK (origin IN ('public', 'buyer')),
    subject_kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    subject_name TEXT COLLATE "C" NOT NULL,
    supplier_org BYTEA NOT NULL REFERENCES organisations (id),
    supplier_name TEXT COLLATE "C" NOT NULL,
    -- Where the supplier is registered: whose offices may see it.
    region_code TEXT COLLATE "C" NOT NULL,
    -- The region whose office handles it; only that office sees the contact.
    office TEXT COLLATE "C" NOT NULL,
    contact TEXT COLLATE "C",
    text TEXT COLLATE "C" NOT NULL,
    -- The number of the hotline 12317 under which it was reported as well.
    reference_12317 TEXT COLLATE "C" UNIQUE,
    buyer_org BYTEA,
    filed_by BYTEA,
    filed_at BIGINT NOT NULL,
    -- Where an anonymous one came from, as a digest of supplier and address: so many may be open from one source.
    source BYTEA,
    -- What shows whoever holds the receipt how far it has come; only its hash is kept.
    receipt_hash BYTEA UNIQUE,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('received', 'accepted', 'verified', 'decided', 'replied')),
    outcome TEXT COLLATE "C" CHECK (outcome IN ('upheld', 'dismissed')),
    reason TEXT COLLATE "C",
    reply TEXT COLLATE "C",
    handler BYTEA,
    finding_id BYTEA REFERENCES findings (id),
    due_from TEXT COLLATE "C" NOT NULL,
    -- The last day to accept, then to decide; none once it is decided.
    due_on TEXT COLLATE "C",
    due_provisional BOOLEAN NOT NULL,
    due_rule_id BYTEA,
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
    id BYTEA NOT NULL PRIMARY KEY,
    complaint_id BYTEA NOT NULL REFERENCES complaints (id),
    event TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C",
    file_ids TEXT COLLATE "C" NOT NULL,
    office_org BYTEA NOT NULL,
    office TEXT COLLATE "C" NOT NULL,
    taken_by BYTEA NOT NULL,
    taken_at BIGINT NOT NULL,
    late BOOLEAN NOT NULL,
    due_on TEXT COLLATE "C",
    due_rule_id BYTEA
);
CREATE INDEX complaint_steps_complaint ON complaint_steps (complaint_id, id);
