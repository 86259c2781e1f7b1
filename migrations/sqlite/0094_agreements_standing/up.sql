-- Standing orders (定期订单): an order that is placed again and again, on the days of a calendar.
CREATE TABLE standing_orders (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    buyer_id BLOB NOT NULL REFERENCES organisations (id),
    -- Whose count it is.
    unit_id BLOB NOT NULL REFERENCES organisations (id),
    region_code TEXT NOT NULL,
    -- Where it is called off.
    agreement_id BLOB REFERENCES agreements (id),
    state TEXT NOT NULL CHECK (state IN ('active', 'paused')),
    paused_on TEXT,
    starts_on TEXT NOT NULL,
    -- The last day; before the first one where it was ended before anything came.
    ends_on TEXT NOT NULL,
    end_reason TEXT,
    -- The revision that was made last.
    revision BIGINT NOT NULL CHECK (revision > 0),
    -- Of earlier days nothing more becomes.
    open_from TEXT NOT NULL,
    -- When somebody has to look at it next, and when goods come next; nothing is to come without them.
    due_on TEXT,
    next_on TEXT,
    -- How often the database failed since, and until when it is left alone.
    failures BIGINT NOT NULL CHECK (failures >= 0),
    retry_at BIGINT NOT NULL,
    created_by BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CHECK ((state = 'paused') = (paused_on IS NOT NULL))
);
CREATE INDEX standing_orders_buyer ON standing_orders (buyer_id, id);
CREATE INDEX standing_orders_unit ON standing_orders (unit_id, id);
CREATE INDEX standing_orders_due ON standing_orders (due_on, id) WHERE due_on IS NOT NULL;

-- What is ordered from a day on, and who answers for it; for ever.
CREATE TABLE standing_revisions (
    standing_id BLOB NOT NULL REFERENCES standing_orders (id),
    revision BIGINT NOT NULL CHECK (revision > 0),
    from_day TEXT NOT NULL,
    terms TEXT NOT NULL,
    reason TEXT NOT NULL,
    made_by BLOB NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (standing_id, revision)
);

-- Days that somebody left out.
CREATE TABLE standing_skips (
    standing_id BLOB NOT NULL REFERENCES standing_orders (id),
    day TEXT NOT NULL,
    reason TEXT,
    made_by BLOB NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (standing_id, day)
);

-- What became of a day, once and for ever.
CREATE TABLE standing_occurrences (
    standing_id BLOB NOT NULL REFERENCES standing_orders (id),
    day TEXT NOT NULL,
    delivery_on TEXT NOT NULL,
    order_on TEXT NOT NULL,
    revision BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('placed', 'missed', 'skipped')),
    -- The error's code, or why it was skipped.
    cause TEXT,
    reason_zh TEXT,
    reason_en TEXT,
    faults TEXT NOT NULL,
    group_id BLOB REFERENCES order_groups (id),
    orders TEXT NOT NULL,
    settled_at BIGINT NOT NULL,
    PRIMARY KEY (standing_id, day),
    CHECK ((state = 'placed') = (group_id IS NOT NULL)),
    CHECK ((state = 'placed') = (cause IS NULL))
);
-- Goods are ordered for a day once, whatever the calendar becomes.
CREATE UNIQUE INDEX standing_occurrences_placed ON standing_occurrences (standing_id, delivery_on) WHERE state = 'placed';

-- sqlite only
CREATE TRIGGER standing_revisions_no_update BEFORE UPDATE ON standing_revisions BEGIN SELECT RAISE(ABORT, 'standing_revisions is append-only'); END;
CREATE TRIGGER standing_revisions_no_delete BEFORE DELETE ON standing_revisions BEGIN SELECT RAISE(ABORT, 'standing_revisions is append-only'); END;
CREATE TRIGGER standing_occurrences_no_update BEFORE UPDATE ON standing_occurrences BEGIN SELECT RAISE(ABORT, 'standing_occurrences is append-only'); END;
CREATE TRIGGER standing_occurrences_no_delete BEFORE DELETE ON standing_occurrences BEGIN SELECT RAISE(ABORT, 'standing_occurrences is append-only'); END;
-- end
