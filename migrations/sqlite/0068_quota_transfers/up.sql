-- 预留份额调剂: a supervising unit proposes that one of its units gives part of its year to a sister, the finance bureau decides.
CREATE TABLE quota_transfers (
    id BLOB NOT NULL PRIMARY KEY,
    year BIGINT NOT NULL,
    giver_id BLOB NOT NULL REFERENCES organisations (id),
    taker_id BLOB NOT NULL REFERENCES organisations (id),
    supervising_id BLOB NOT NULL REFERENCES organisations (id),
    region_code TEXT NOT NULL,
    reserved_fen BIGINT NOT NULL CHECK (reserved_fen > 0),
    total_fen BIGINT NOT NULL CHECK (total_fen >= 0),
    reason TEXT NOT NULL,
    document_number TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('proposed', 'approved', 'refused')),
    proposed_by BLOB NOT NULL,
    proposed_at BIGINT NOT NULL,
    opinion TEXT NOT NULL,
    decided_by BLOB,
    decided_org BLOB,
    decided_at BIGINT,
    -- The revisions of both plans that the decision brought into force.
    giver_revision BIGINT,
    taker_revision BIGINT,
    version BIGINT NOT NULL,
    CHECK (giver_id <> taker_id),
    CHECK ((state = 'proposed') = (decided_at IS NULL)),
    CHECK ((state = 'approved') = (giver_revision IS NOT NULL AND taker_revision IS NOT NULL))
);
CREATE INDEX quota_transfers_giver ON quota_transfers (giver_id, id);
CREATE INDEX quota_transfers_taker ON quota_transfers (taker_id, id);
CREATE INDEX quota_transfers_region ON quota_transfers (region_code, id);
