-- What supervision found about a supplier's business, until it is put right (整改).
CREATE TABLE findings (
    id BYTEA NOT NULL PRIMARY KEY,
    source TEXT COLLATE "C" NOT NULL CHECK (source IN ('inspection', 'complaint', 'price_watch', 'score', 'audit', 'own')),
    -- What it came from: the inspection, the complaint, the alert; none where an office saw it itself.
    source_id TEXT COLLATE "C",
    subject_kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    subject_name TEXT COLLATE "C" NOT NULL,
    owner_org BYTEA NOT NULL REFERENCES organisations (id),
    owner_name TEXT COLLATE "C" NOT NULL,
    -- Where the owner is registered: whose offices may see it.
    region_code TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('open', 'answered', 'returned', 'closed', 'cancelled')),
    -- The region whose office has the next word; one above it may decide as well.
    office TEXT COLLATE "C" NOT NULL,
    opened_by BYTEA NOT NULL,
    opened_for BYTEA NOT NULL,
    opened_at BIGINT NOT NULL,
    round BIGINT NOT NULL CHECK (round >= 1),
    due_from TEXT COLLATE "C" NOT NULL,
    due_on TEXT COLLATE "C" NOT NULL,
    due_provisional BOOLEAN NOT NULL,
    due_rule_id BYTEA NOT NULL,
    ended_at BIGINT,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX findings_region ON findings (region_code, id);
CREATE INDEX findings_owner ON findings (owner_org, id);
CREATE INDEX findings_due ON findings (state, due_on, id);

-- What the owner did about it, with evidence; never changed.
CREATE TABLE finding_answers (
    id BYTEA NOT NULL PRIMARY KEY,
    finding_id BYTEA NOT NULL REFERENCES findings (id),
    round BIGINT NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    file_ids TEXT COLLATE "C" NOT NULL,
    late BOOLEAN NOT NULL,
    given_by BYTEA NOT NULL,
    given_at BIGINT NOT NULL
);
CREATE INDEX finding_answers_finding ON finding_answers (finding_id, id);

-- What an office decided, and who answers for it; never changed.
CREATE TABLE finding_decisions (
    id BYTEA NOT NULL PRIMARY KEY,
    finding_id BYTEA NOT NULL REFERENCES findings (id),
    round BIGINT NOT NULL,
    decision TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    office_org BYTEA NOT NULL,
    decided_by BYTEA NOT NULL,
    decided_at BIGINT NOT NULL,
    -- The next deadline after a return, the next office after an escalation.
    due_on TEXT COLLATE "C",
    due_rule_id BYTEA,
    to_office TEXT COLLATE "C"
);
CREATE INDEX finding_decisions_finding ON finding_decisions (finding_id, id);
