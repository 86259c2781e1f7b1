-- Certification schemes; several may coexist. Steps and admitted kinds are JSON.
CREATE TABLE certification_schemes (
    id BYTEA NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    region_code TEXT COLLATE "C" NOT NULL,
    number_prefix TEXT COLLATE "C" NOT NULL UNIQUE,
    steps TEXT COLLATE "C" NOT NULL,
    kinds TEXT COLLATE "C" NOT NULL,
    -- Calendar days that a certificate stays in force beyond its end while its renewal is decided.
    renewal_grace_days BIGINT NOT NULL CHECK (renewal_grace_days >= 0),
    valid_from TEXT COLLATE "C" NOT NULL,
    valid_to TEXT COLLATE "C"
);

-- One product's way through the steps of a scheme.
CREATE TABLE certification_applications (
    id BYTEA NOT NULL PRIMARY KEY,
    scheme_id BYTEA NOT NULL REFERENCES certification_schemes (id),
    org_id BYTEA NOT NULL,
    region_code TEXT COLLATE "C" NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    product_id BYTEA NOT NULL REFERENCES products (id),
    product_name TEXT COLLATE "C" NOT NULL,
    supplier_name TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'in_review', 'in_notice', 'returned', 'rejected', 'withdrawn', 'approved')),
    step BIGINT NOT NULL CHECK (step >= 0),
    -- The region whose office has the next word; none where nobody has.
    office TEXT COLLATE "C",
    renews BYTEA,
    round BIGINT NOT NULL,
    -- What the notice showed has been replaced since; the notice starts again at the next submission.
    changed BOOLEAN NOT NULL,
    created_by BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    submitted_at BIGINT,
    step_started_on TEXT COLLATE "C",
    due_on TEXT COLLATE "C",
    due_provisional BOOLEAN NOT NULL,
    due_rule_id BYTEA,
    version BIGINT NOT NULL
);
CREATE INDEX certification_applications_org ON certification_applications (org_id, id);
CREATE INDEX certification_applications_region ON certification_applications (region_code, id);
CREATE INDEX certification_applications_office ON certification_applications (office, state, id);
CREATE INDEX certification_applications_due ON certification_applications (due_provisional, state);
CREATE UNIQUE INDEX certification_applications_open ON certification_applications (product_id, scheme_id)
    WHERE state IN ('draft', 'in_review', 'in_notice', 'returned');

CREATE TABLE certification_submissions (
    application_id BYTEA NOT NULL REFERENCES certification_applications (id),
    round BIGINT NOT NULL,
    submitted_by BYTEA NOT NULL,
    submitted_at BIGINT NOT NULL,
    PRIMARY KEY (application_id, round)
);

-- A piece of evidence is never changed: a correction is another piece that replaces it.
CREATE TABLE certification_evidence (
    id BYTEA NOT NULL PRIMARY KEY,
    application_id BYTEA NOT NULL REFERENCES certification_applications (id),
    element TEXT COLLATE "C" NOT NULL CHECK (element IN ('quality', 'price', 'linkage')),
    file_ids TEXT COLLATE "C" NOT NULL,
    facts TEXT COLLATE "C" NOT NULL,
    warnings TEXT COLLATE "C" NOT NULL,
    replaces BYTEA UNIQUE REFERENCES certification_evidence (id),
    given_by BYTEA NOT NULL,
    given_at BIGINT NOT NULL
);
CREATE INDEX certification_evidence_application ON certification_evidence (application_id, id);

-- Decisions of reviews, kept for ever with who answers for them.
CREATE TABLE certification_reviews (
    id BYTEA NOT NULL PRIMARY KEY,
    application_id BYTEA NOT NULL REFERENCES certification_applications (id),
    round BIGINT NOT NULL,
    step BIGINT NOT NULL,
    step_key TEXT COLLATE "C" NOT NULL,
    office_org BYTEA NOT NULL,
    reviewer BYTEA NOT NULL,
    decision TEXT COLLATE "C" NOT NULL CHECK (decision IN ('approve', 'return', 'reject')),
    reason_code TEXT COLLATE "C",
    opinion TEXT COLLATE "C",
    due_on TEXT COLLATE "C",
    due_rule_id BYTEA,
    decided_at BIGINT NOT NULL
);
CREATE INDEX certification_reviews_application ON certification_reviews (application_id, id);

-- Public notices (公示).
CREATE TABLE public_notices (
    id BYTEA NOT NULL PRIMARY KEY,
    application_id BYTEA NOT NULL REFERENCES certification_applications (id),
    county TEXT COLLATE "C" NOT NULL,
    product_name TEXT COLLATE "C" NOT NULL,
    supplier_name TEXT COLLATE "C" NOT NULL,
    days BIGINT NOT NULL,
    opened_on TEXT COLLATE "C" NOT NULL,
    ends_on TEXT COLLATE "C" NOT NULL,
    ends_at BIGINT NOT NULL,
    provisional BOOLEAN NOT NULL,
    rule_id BYTEA,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('open', 'ended', 'restarted', 'stopped'))
);
CREATE INDEX public_notices_application ON public_notices (application_id, id);
CREATE INDEX public_notices_status ON public_notices (status, ends_at);

-- Objections to a notice; contact is for the deciding office only.
CREATE TABLE objections (
    id BYTEA NOT NULL PRIMARY KEY,
    notice_id BYTEA NOT NULL REFERENCES public_notices (id),
    application_id BYTEA NOT NULL REFERENCES certification_applications (id),
    county TEXT COLLATE "C" NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    filed_at BIGINT NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('open', 'upheld', 'dismissed')),
    consequence TEXT COLLATE "C",
    reason TEXT COLLATE "C",
    decided_by BYTEA,
    decided_at BIGINT
);
CREATE INDEX objections_application ON objections (application_id, status);
CREATE INDEX objections_county ON objections (county, id);

-- The last number given out; claimed, so that numbers have no gaps.
CREATE TABLE certificate_counters (
    scheme_id BYTEA NOT NULL REFERENCES certification_schemes (id),
    year BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (scheme_id, year)
);

CREATE TABLE certificates (
    id BYTEA NOT NULL PRIMARY KEY,
    number TEXT COLLATE "C" NOT NULL UNIQUE,
    scheme_id BYTEA NOT NULL REFERENCES certification_schemes (id),
    application_id BYTEA NOT NULL UNIQUE REFERENCES certification_applications (id),
    org_id BYTEA NOT NULL,
    product_id BYTEA NOT NULL REFERENCES products (id),
    product_name TEXT COLLATE "C" NOT NULL,
    supplier_name TEXT COLLATE "C" NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    origins TEXT COLLATE "C" NOT NULL,
    batch TEXT COLLATE "C" NOT NULL,
    valid_from TEXT COLLATE "C" NOT NULL,
    valid_until TEXT COLLATE "C" NOT NULL,
    -- Later than valid_until while a renewal filed in time is decided.
    in_force_until TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL CHECK (status IN ('valid', 'suspended', 'revoked', 'expired')),
    reason_code TEXT COLLATE "C",
    safety BOOLEAN NOT NULL,
    renewed_by BYTEA,
    validity_rule_id BYTEA,
    issued_by BYTEA NOT NULL,
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
    id BYTEA NOT NULL PRIMARY KEY,
    certificate_id BYTEA NOT NULL REFERENCES certificates (id),
    event TEXT COLLATE "C" NOT NULL,
    reason_code TEXT COLLATE "C",
    reason TEXT COLLATE "C",
    safety BOOLEAN NOT NULL,
    office_org BYTEA,
    user_id BYTEA,
    at BIGINT NOT NULL
);
CREATE INDEX certificate_events_certificate ON certificate_events (certificate_id, id);
CREATE INDEX certificate_events_at ON certificate_events (at);
