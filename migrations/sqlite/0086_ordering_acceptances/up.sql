-- 验收双人制: an acceptance that a second person has to confirm counts for nothing until then.
CREATE TABLE acceptance_proposals (
    id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL REFERENCES orders (id),
    content TEXT NOT NULL,
    proposed_by BLOB NOT NULL,
    second_by BLOB NOT NULL,
    proposed_at BIGINT NOT NULL,
    rule_id BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'confirmed', 'declined')),
    decided_by BLOB,
    decided_at BIGINT,
    reason TEXT,
    CHECK (proposed_by <> second_by),
    CHECK ((state = 'open') = (decided_at IS NULL))
);
CREATE UNIQUE INDEX acceptance_proposals_open ON acceptance_proposals (order_id) WHERE state = 'open';
CREATE INDEX acceptance_proposals_second ON acceptance_proposals (second_by, order_id) WHERE state = 'open';
-- Photos of what came; line 0 stands for the whole delivery.
CREATE TABLE acceptance_photos (
    acceptance_id BLOB NOT NULL REFERENCES acceptances (id),
    line_no BIGINT NOT NULL CHECK (line_no >= 0),
    file_id BLOB NOT NULL REFERENCES files (id),
    PRIMARY KEY (acceptance_id, line_no, file_id)
);
