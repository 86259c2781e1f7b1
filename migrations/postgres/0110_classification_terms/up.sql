-- The dated dictionary of a region: modes and channels of its own, each rolled up to a national one; tags, and places under
-- supervision (挂牌督战), which are reported beside the total and never in it.
CREATE TABLE classification_terms (
    id BYTEA NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('mode', 'channel', 'tag', 'supervised_place')),
    code TEXT COLLATE "C" NOT NULL,
    -- The national mode or channel that it is part of.
    rolls_up_to TEXT COLLATE "C" CHECK ((rolls_up_to IS NOT NULL) = (kind IN ('mode', 'channel'))),
    -- Where it holds.
    region_code TEXT COLLATE "C" NOT NULL,
    name_zh TEXT COLLATE "C" NOT NULL,
    name_en TEXT COLLATE "C" NOT NULL,
    effective_from TEXT COLLATE "C" NOT NULL,
    effective_to TEXT COLLATE "C" CHECK (effective_to > effective_from),
    source TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BYTEA NOT NULL
);
CREATE UNIQUE INDEX classification_terms_once ON classification_terms (kind, code, region_code, effective_from);
