-- What supervision found about a supplier's business, until it is put right (整改).
CREATE TABLE findings (
    id BLOB NOT NULL PRIMARY KEY,
    source TEXT NOT NULL CHECK (source IN ('inspection', 'complaint', 'price_watch', 'score', 'audit', 'own')),
    -- What it came from: the inspection, the complaint, the alert; none where an office saw it itself.
    source_id TEXT,
    subject_kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    owner_org BLOB NOT NULL REFERENCES organisations (id),
    owner_name TEXT NOT NULL,
    -- Where the owner is registered: whose offices may see it.
    region_code TEXT NOT NULL,
    code TEXT NOT NULL,
    text TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'returned', 'closed', 'cancelled')),
    -- The region whose office has the next word; one above it may decide as well.
    office TEXT NOT NULL,
    opened_by BLOB NOT NULL,
    opened_for BLOB NOT NULL,
    opened_at BIGINT NOT NULL,
    round BIGINT NOT NULL CHECK (round >= 1),
    due_from TEXT NOT NULL,
    due_on TEXT NOT NULL,
    due_provisional BOOLEAN NOT NULL,
    due_rule_id BLOB NOT NULL,
    ended_at BIGINT,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX findings_region ON findings (region_code, id);
CREATE INDEX findings_owner ON findings (owner_org, id);
CREATE INDEX findings_due ON findings (state, due_on, id);

-- What the owner did about it, with evidence; never changed.
CREATE TABLE finding_answers (
    id BLOB NOT NULL PRIMARY KEY,
    finding_id BLOB NOT NULL REFERENCES findings (id),
    round BIGINT NOT NULL,
    text TEXT NOT NULL,
    file_ids TEXT NOT NULL,
    late BOOLEAN NOT NULL,
    given_by BLOB NOT NULL,
    given_at BIGINT NOT NULL
);
CREATE INDEX finding_answers_finding ON finding_answers (finding_id, id);

-- What an office decided, and who answers for it; never changed.
CREATE TABLE finding_decisions (
    id BLOB NOT NULL PRIMARY KEY,
    finding_id BLOB NOT NULL REFERENCES findings (id),
    round BIGINT NOT NULL,
    decision TEXT NOT NULL,
    reason TEXT NOT NULL,
    office_org BLOB NOT NULL,
    decided_by BLOB NOT NULL,
    decided_at BIGINT NOT NULL,
    -- The next deadline after a return, the next office after an escalation.
    due_on TEXT,
    due_rule_id BLOB,
    to_office TEXT
);
CREATE INDEX finding_decisions_finding ON finding_decisions (finding_id, id);
