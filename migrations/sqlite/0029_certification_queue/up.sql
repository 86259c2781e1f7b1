-- Who of the office works on the open step, and when the next reminder of its deadline is due.
ALTER TABLE certification_applications ADD COLUMN assigned_to BLOB;
ALTER TABLE certification_applications ADD COLUMN remind_on TEXT;
CREATE INDEX certification_applications_queue ON certification_applications (state, due_on, id);
CREATE INDEX certification_applications_remind ON certification_applications (remind_on);

-- Who was given an application, by whom and why; kept for ever.
CREATE TABLE certification_assignments (
    id BLOB NOT NULL PRIMARY KEY,
    application_id BLOB NOT NULL REFERENCES certification_applications (id),
    round BIGINT NOT NULL,
    step_key TEXT NOT NULL,
    office_org BLOB NOT NULL,
    -- None: given back to the office.
    assignee BLOB,
    assigned_by BLOB NOT NULL,
    reason TEXT,
    at BIGINT NOT NULL
);
CREATE INDEX certification_assignments_application ON certification_assignments (application_id, id);

-- What reviewers tell each other; the applicant does not see it.
CREATE TABLE certification_opinions (
    id BLOB NOT NULL PRIMARY KEY,
    application_id BLOB NOT NULL REFERENCES certification_applications (id),
    round BIGINT NOT NULL,
    step_key TEXT NOT NULL,
    office_org BLOB NOT NULL,
    given_by BLOB NOT NULL,
    advises TEXT NOT NULL CHECK (advises IN ('approve', 'return', 'reject', 'object')),
    text TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX certification_opinions_application ON certification_opinions (application_id, id);
