-- What the rule table asked for when an application was handed in: a JSON list, so that later rows change nothing for it.
ALTER TABLE certification_submissions ADD COLUMN requirements TEXT COLLATE "C" NOT NULL DEFAULT '[]';

-- What a certificate rests on, and until when its documents meet it.
CREATE TABLE certificate_requirements (
    certificate_id BYTEA NOT NULL REFERENCES certificates (id),
    key TEXT COLLATE "C" NOT NULL,
    requirement TEXT COLLATE "C" NOT NULL,
    -- The last day on which a standing document meets it; none when nothing that meets it expires.
    ends_on TEXT COLLATE "C",
    -- The next day on which something is due about it: a warning, or the suspension; none when nothing is.
    act_on TEXT COLLATE "C",
    PRIMARY KEY (certificate_id, key)
);
CREATE INDEX certificate_requirements_act ON certificate_requirements (act_on);

-- Documents that certificates rest on: of the application, or brought since and accepted by the office.
CREATE TABLE certificate_documents (
    id BYTEA NOT NULL PRIMARY KEY,
    certificate_id BYTEA NOT NULL REFERENCES certificates (id),
    org_id BYTEA NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    facts TEXT COLLATE "C" NOT NULL,
    file_ids TEXT COLLATE "C" NOT NULL,
    warnings TEXT COLLATE "C" NOT NULL,
    evidence_id BYTEA,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('standing', 'proposed', 'refused')),
    brought_by BYTEA NOT NULL,
    brought_at BIGINT NOT NULL,
    due_on TEXT COLLATE "C",
    due_provisional BOOLEAN NOT NULL,
    due_rule_id BYTEA,
    office_org BYTEA,
    reviewed_by BYTEA,
    reviewed_at BIGINT,
    reason TEXT COLLATE "C"
);
CREATE INDEX certificate_documents_certificate ON certificate_documents (certificate_id, id);
CREATE INDEX certificate_documents_state ON certificate_documents (state, county, id);
CREATE INDEX certificate_documents_org ON certificate_documents (org_id, id);
