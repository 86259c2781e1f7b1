-- What the rule table asked for when an application was handed in: a JSON list, so that later rows change nothing for it.
ALTER TABLE certification_submissions ADD COLUMN requirements TEXT NOT NULL DEFAULT '[]';

-- What a certificate rests on, and until when its documents meet it.
CREATE TABLE certificate_requirements (
    certificate_id BLOB NOT NULL REFERENCES certificates (id),
    key TEXT NOT NULL,
    requirement TEXT NOT NULL,
    -- The last day on which a standing document meets it; none when nothing that meets it expires.
    ends_on TEXT,
    -- The next day on which something is due about it: a warning, or the suspension; none when nothing is.
    act_on TEXT,
    PRIMARY KEY (certificate_id, key)
);
CREATE INDEX certificate_requirements_act ON certificate_requirements (act_on);

-- Documents that certificates rest on: of the application, or brought since and accepted by the office.
CREATE TABLE certificate_documents (
    id BLOB NOT NULL PRIMARY KEY,
    certificate_id BLOB NOT NULL REFERENCES certificates (id),
    org_id BLOB NOT NULL,
    county TEXT NOT NULL,
    facts TEXT NOT NULL,
    file_ids TEXT NOT NULL,
    warnings TEXT NOT NULL,
    evidence_id BLOB,
    state TEXT NOT NULL CHECK (state IN ('standing', 'proposed', 'refused')),
    brought_by BLOB NOT NULL,
    brought_at BIGINT NOT NULL,
    due_on TEXT,
    due_provisional BOOLEAN NOT NULL,
    due_rule_id BLOB,
    office_org BLOB,
    reviewed_by BLOB,
    reviewed_at BIGINT,
    reason TEXT
);
CREATE INDEX certificate_documents_certificate ON certificate_documents (certificate_id, id);
CREATE INDEX certificate_documents_state ON certificate_documents (state, county, id);
CREATE INDEX certificate_documents_org ON certificate_documents (org_id, id);
