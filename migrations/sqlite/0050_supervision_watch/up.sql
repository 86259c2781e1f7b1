-- What is done once for each month that ended, and how far it has come.
CREATE TABLE supervision_runs (
    task TEXT NOT NULL CHECK (task IN ('price_watch', 'score')),
    -- YYYY-MM.
    month TEXT NOT NULL,
    -- The last organisation that was done; none at the beginning.
    reached BLOB,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    version BIGINT NOT NULL,
    PRIMARY KEY (task, month)
);

-- The medians of a month as they were when it ended: of the goods of a category and mark from a region; never changed.
CREATE TABLE price_watch_months (
    month TEXT NOT NULL,
    category TEXT NOT NULL,
    mark TEXT NOT NULL,
    -- A prefecture, or a province.
    region_code TEXT NOT NULL,
    -- Different prices of listings, and the suppliers that they are of.
    goods BIGINT NOT NULL CHECK (goods >= 1),
    suppliers BIGINT NOT NULL CHECK (suppliers >= 1),
    median_fen BIGINT NOT NULL,
    PRIMARY KEY (month, category, mark, region_code)
);

-- A listing whose price was too high when a month ended.
CREATE TABLE price_alerts (
    id BLOB NOT NULL PRIMARY KEY,
    month TEXT NOT NULL,
    -- The last month at whose end it still held.
    last_month TEXT NOT NULL,
    listing_id BLOB NOT NULL,
    name TEXT NOT NULL,
    org_id BLOB NOT NULL REFERENCES organisations (id),
    org_name TEXT NOT NULL,
    -- Where the supplier is registered: whose offices may see it.
    region_code TEXT NOT NULL,
    category TEXT NOT NULL,
    mark TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (reason IN ('above_median', 'above_evidence')),
    price_fen BIGINT NOT NULL,
    -- The like goods of other suppliers that it was compared with.
    compared_in TEXT,
    median_fen BIGINT,
    goods BIGINT,
    factor_ppm BIGINT,
    factor_rule_id BLOB,
    goods_rule_id BLOB,
    -- The like price that the supplier declared itself.
    evidence_fen BIGINT,
    state TEXT NOT NULL CHECK (state IN ('open', 'finding', 'dismissed', 'settled')),
    settled_by TEXT CHECK (settled_by IN ('price', 'evidence', 'withdrawn', 'like_goods')),
    -- The like price of the evidence that settled it.
    settled_fen BIGINT,
    finding_id BLOB,
    decided_by BLOB,
    decision_reason TEXT,
    raised_at BIGINT NOT NULL,
    ended_at BIGINT,
    version BIGINT NOT NULL
);
-- One alert of a kind runs for a listing at a time.
CREATE UNIQUE INDEX price_alerts_running ON price_alerts (listing_id, reason) WHERE state IN ('open', 'finding');
CREATE INDEX price_alerts_region ON price_alerts (region_code, id);
CREATE INDEX price_alerts_org ON price_alerts (org_id, id);
CREATE INDEX price_alerts_state ON price_alerts (state, id);
