-- Framework agreements (框架协议): who holds one, with which supplier, who may call off, its term in force.
CREATE TABLE agreements (
    id BLOB NOT NULL PRIMARY KEY,
    number TEXT NOT NULL,
    holder_id BLOB NOT NULL REFERENCES organisations (id),
    holder_region TEXT NOT NULL,
    supplier_id BLOB NOT NULL REFERENCES organisations (id),
    coverage TEXT NOT NULL CHECK (coverage IN ('own', 'listed', 'below')),
    state TEXT NOT NULL CHECK (state IN ('proposed', 'in_force', 'declined', 'withdrawn')),
    -- The revision in force; 0 until the first one is accepted.
    revision BIGINT NOT NULL CHECK (revision >= 0),
    term_from TEXT NOT NULL,
    term_until TEXT NOT NULL,
    -- The last day, where one side gave notice.
    ends_on TEXT,
    end_reason TEXT,
    ended_by BLOB,
    ended_org BLOB,
    proposed_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CHECK (holder_id <> supplier_id),
    CHECK ((state = 'in_force') = (revision > 0)),
    CHECK (term_from <= term_until)
);
CREATE INDEX agreements_holder ON agreements (holder_id, id);
CREATE INDEX agreements_supplier ON agreements (supplier_id, id);

-- Units that may call off, where they are listed.
CREATE TABLE agreement_units (
    agreement_id BLOB NOT NULL REFERENCES agreements (id),
    unit_id BLOB NOT NULL REFERENCES organisations (id),
    PRIMARY KEY (agreement_id, unit_id)
);
CREATE INDEX agreement_units_unit ON agreement_units (unit_id);

-- What was proposed, and what became of it. The terms never change.
CREATE TABLE agreement_revisions (
    agreement_id BLOB NOT NULL REFERENCES agreements (id),
    revision BIGINT NOT NULL CHECK (revision > 0),
    state TEXT NOT NULL CHECK (state IN ('proposed', 'in_force', 'superseded', 'declined', 'withdrawn')),
    terms TEXT NOT NULL,
    document_number TEXT NOT NULL,
    file_id BLOB,
    reason TEXT NOT NULL,
    proposed_by BLOB NOT NULL,
    proposed_org BLOB NOT NULL,
    proposed_at BIGINT NOT NULL,
    answered_by BLOB,
    answered_org BLOB,
    answered_at BIGINT,
    answer_reason TEXT,
    PRIMARY KEY (agreement_id, revision)
);
-- One proposal waits at a time, and one revision is in force.
CREATE UNIQUE INDEX agreement_revisions_open ON agreement_revisions (agreement_id, state) WHERE state IN ('proposed', 'in_force');
