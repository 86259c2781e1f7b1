-- 预留份额调剂: a supervising unit proposes that one of its units gives part of its year to a sister, the finance bureau decides.
CREATE TABLE quota_transfers (
    id BYTEA NOT NULL PRIMARY KEY,
    year BIGINT NOT NULL,
    giver_id BYTEA NOT NULL REFERENCES organisations (id),
    taker_id BYTEA NOT NULL REFERENCES organisations (id),
    supervising_id BYTEA NOT NULL REFERENCES organisations (id),
    region_code TEXT COLLATE "C" NOT NULL,
    reserved_fen BIGINT NOT NULL CHECK (reserved_fen > 0),
    total_fen BIGINT NOT NULL CHECK (total_fen >= 0),
    reason TEXT COLLATE "C" NOT NULL,
    document_number TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('proposed', 'approved', 'refused')),
    proposed_by BYTEA NOT NULL,
    proposed_at BIGINT NOT NULL,
    opinion TEXT COLLATE "C" NOT NULL,
    decided_by BYTEA,
    decided_org BYTEA,
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
