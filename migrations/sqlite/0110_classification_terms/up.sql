-- The dated dictionary of a region: modes and channels of its own, each rolled up to a national one; tags, and places under
-- supervision (挂牌督战), which are reported beside the total and never in it.
CREATE TABLE classification_terms (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('mode', 'channel', 'tag', 'supervised_place')),
    code TEXT NOT NULL,
    -- The national mode or channel that it is part of.
    rolls_up_to TEXT CHECK ((rolls_up_to IS NOT NULL) = (kind IN ('mode', 'channel'))),
    -- Where it holds.
    region_code TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    effective_from TEXT NOT NULL,
    effective_to TEXT CHECK (effective_to > effective_from),
    source TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BLOB NOT NULL
);
CREATE UNIQUE INDEX classification_terms_once ON classification_terms (kind, code, region_code, effective_from);
