-- Certification schemes; several may coexist. Steps and admitted kinds are JSON.
CREATE TABLE certification_schemes (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    region_code TEXT NOT NULL,
    number_prefix TEXT NOT NULL UNIQUE,
    steps TEXT NOT NULL,
    kinds TEXT NOT NULL,
    -- Calendar days that a certificate stays in force beyond its end while its renewal is decided.
    renewal_grace_days BIGINT NOT NULL CHECK (renewal_grace_days >= 0),
    valid_from TEXT NOT NULL,
    valid_to TEXT
);

-- One product's way through the steps of a scheme.
CREATE TABLE certification_applications (
    id BLOB NOT NULL PRIMARY KEY,
    scheme_id BLOB NOT NULL REFERENCES certification_schemes (id),
    org_id BLOB NOT NULL,
    region_code TEXT NOT NULL,
    county TEXT NOT NULL,
    product_id BLOB NOT NULL REFERENCES products (id),
    product_name TEXT NOT NULL,
    supplier_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'in_review', 'in_notice', 'returned', 'rejected', 'withdrawn', 'approved')),
    step BIGINT NOT NULL CHECK (step >= 0),
    -- The region whose office has the next word; none where nobody has.
    office TEXT,
    renews BLOB,
    round BIGINT NOT NULL,
    -- What the notice showed has been replaced since; the notice starts again at the next submission.
    changed BOOLEAN NOT NULL,
    created_by BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    submitted_at BIGINT,
    step_started_on TEXT,
    due_on TEXT,
    due_provisional BOOLEAN NOT NULL,
    due_rule_id BLOB,
    version BIGINT NOT NULL
);
CREATE INDEX certification_applications_org ON certification_applications (org_id, id);
CREATE INDEX certification_applications_region ON certification_applications (region_code, id);
CREATE INDEX certification_applications_office ON certification_applications (office, state, id);
CREATE INDEX certification_applications_due ON certification_applications (due_provisional, state);
CREATE UNIQUE INDEX certification_applications_open ON certification_applications (product_id, scheme_id)
    WHERE state IN ('draft', 'in_review', 'in_notice', 'returned');

CREATE TABLE certification_submissions (
    application_id BLOB NOT NULL REFERENCES certification_applications (id),
    round BIGINT NOT NULL,
    submitted_by BLOB NOT NULL,
    submitted_at BIGINT NOT NULL,
    PRIMARY KEY (application_id, round)
);

-- A piece of evidence is never changed: a correction is another piece that replaces it.
CREATE TABLE certification_evidence (
    id BLOB NOT NULL PRIMARY KEY,
    application_id BLOB NOT NULL REFERENCES certification_applications (id),
    element TEXT NOT NULL CHECK (element IN ('quality', 'price', 'linkage')),
    file_ids TEXT NOT NULL,
    facts TEXT NOT NULL,
    warnings TEXT NOT NULL,
    replaces BLOB UNIQUE REFERENCES certification_evidence (id),
    given_by BLOB NOT NULL,
    given_at BIGINT NOT NULL
);
CREATE INDEX certification_evidence_application ON certification_evidence (application_id, id);

-- Decisions of reviews, kept for ever with who answers for them.
CREATE TABLE certification_reviews (
    id BLOB NOT NULL PRIMARY KEY,
    application_id BLOB NOT NULL REFERENCES certification_applications (id),
    round BIGINT NOT NULL,
    step BIGINT NOT NULL,
    step_key TEXT NOT NULL,
    office_org BLOB NOT NULL,
    reviewer BLOB NOT NULL,
    decision TEXT NOT NULL CHECK (decision IN ('approve', 'return', 'reject')),
    reason_code TEXT,
    opinion TEXT,
    due_on TEXT,
    due_rule_id BLOB,
    decided_at BIGINT NOT NULL
);
CREATE INDEX certification_reviews_application ON certification_reviews (application_id, id);

-- Public notices (公示).
CREATE TABLE public_notices (
    id BLOB NOT NULL PRIMARY KEY,
    application_id BLOB NOT NULL REFERENCES certification_applications (id),
    county TEXT NOT NULL,
    product_name TEXT NOT NULL,
    supplier_name TEXT NOT NULL,
    days BIGINT NOT NULL,
    opened_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    ends_at BIGINT NOT NULL,
    provisional BOOLEAN NOT NULL,
    rule_id BLOB,
    status TEXT NOT NULL CHECK (status IN ('open', 'ended', 'restarted', 'stopped'))
);
CREATE INDEX public_notices_application ON public_notices (application_id, id);
CREATE INDEX public_notices_status ON public_notices (status, ends_at);

-- Objections to a notice; contact is for the deciding office only.
CREATE TABLE objections (
    id BLOB NOT NULL PRIMARY KEY,
    notice_id BLOB NOT NULL REFERENCES public_notices (id),
    application_id BLOB NOT NULL REFERENCES certification_applications (id),
    county TEXT NOT NULL,
    contact TEXT NOT NULL,
    text TEXT NOT NULL,
    filed_at BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'upheld', 'dismissed')),
    consequence TEXT,
    reason TEXT,
    decided_by BLOB,
    decided_at BIGINT
);
CREATE INDEX objections_application ON objections (application_id, status);
CREATE INDEX objections_county ON objections (county, id);

-- The last number given out; claimed, so that numbers have no gaps.
CREATE TABLE certificate_counters (
    scheme_id BLOB NOT NULL REFERENCES certification_schemes (id),
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (scheme_id, year)
);

CREATE TABLE certificates (
    id BLOB NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    scheme_id BLOB NOT NULL REFERENCES certification_schemes (id),
    application_id BLOB NOT NULL UNIQUE REFERENCES certification_applications (id),
    org_id BLOB NOT NULL,
    product_id BLOB NOT NULL REFERENCES products (id),
    product_name TEXT NOT NULL,
    supplier_name TEXT NOT NULL,
    county TEXT NOT NULL,
    origins TEXT NOT NULL,
    batch TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    -- Later than valid_until while a renewal filed in time is decided.
    in_force_until TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('valid', 'suspended', 'revoked', 'expired')),
    reason_code TEXT,
    safety BOOLEAN NOT NULL,
    renewed_by BLOB,
    validity_rule_id BLOB,
    issued_by BLOB NOT NULL,
    issued_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CHECK (valid_from <= valid_until AND valid_until <= in_force_until)
);
CREATE INDEX certificates_product ON certificates (product_id, scheme_id);
CREATE INDEX certificates_ending ON certificates (status, in_force_until);
CREATE INDEX certificates_batch ON certificates (batch, number);
CREATE INDEX certificates_county ON certificates (county, number);

-- What happened to a certificate and who answers for it.
CREATE TABLE certificate_events (
    id BLOB NOT NULL PRIMARY KEY,
    certificate_id BLOB NOT NULL REFERENCES certificates (id),
    event TEXT NOT NULL,
    reason_code TEXT,
    reason TEXT,
    safety BOOLEAN NOT NULL,
    office_org BLOB,
    user_id BLOB,
    at BIGINT NOT NULL
);
CREATE INDEX certificate_events_certificate ON certificate_events (certificate_id, id);
CREATE INDEX certificate_events_at ON certificate_events (at);
