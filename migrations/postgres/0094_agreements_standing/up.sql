-- Standing orders (定期订单): an order that is placed again and again, on the days of a calendar.
CREATE TABLE standing_orders (
    id BYTEA NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    buyer_id BYTEA NOT NULL REFERENCES organisations (id),
    -- Whose count it is.
    unit_id BYTEA NOT NULL REFERENCES organisations (id),
    region_code TEXT COLLATE "C" NOT NULL,
    -- Where it is called off.
    agreement_id BYTEA REFERENCES agreements (id),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('active', 'paused')),
    paused_on TEXT COLLATE "C",
    starts_on TEXT COLLATE "C" NOT NULL,
    -- The last day; before the first one where it was ended before anything came.
    ends_on TEXT COLLATE "C" NOT NULL,
    end_reason TEXT COLLATE "C",
    -- The revision that was made last.
    revision BIGINT NOT NULL CHECK (revision > 0),
    -- Of earlier days nothing more becomes.
    open_from TEXT COLLATE "C" NOT NULL,
    -- When somebody has to look at it next, and when goods come next; nothing is to come without them.
    due_on TEXT COLLATE "C",
    next_on TEXT COLLATE "C",
    -- How often the database failed since, and until when it is left alone.
    failures BIGINT NOT NULL CHECK (failures >= 0),
    retry_at BIGINT NOT NULL,
    created_by BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    CHECK ((state = 'paused') = (paused_on IS NOT NULL))
);
CREATE INDEX standing_orders_buyer ON standing_orders (buyer_id, id);
CREATE INDEX standing_orders_unit ON standing_orders (unit_id, id);
CREATE INDEX standing_orders_due ON standing_orders (due_on, id) WHERE due_on IS NOT NULL;

-- What is ordered from a day on, and who answers for it; for ever.
CREATE TABLE standing_revisions (
    standing_id BYTEA NOT NULL REFERENCES standing_orders (id),
    revision BIGINT NOT NULL CHECK (revision > 0),
    from_day TEXT COLLATE "C" NOT NULL,
    terms TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    made_by BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (standing_id, revision)
);

-- Days that somebody left out.
CREATE TABLE standing_skips (
    standing_id BYTEA NOT NULL REFERENCES standing_orders (id),
    day TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C",
    made_by BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (standing_id, day)
);

-- What became of a day, once and for ever.
CREATE TABLE standing_occurrences (
    standing_id BYTEA NOT NULL REFERENCES standing_orders (id),
    day TEXT COLLATE "C" NOT NULL,
    delivery_on TEXT COLLATE "C" NOT NULL,
    order_on TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('placed', 'missed', 'skipped')),
    -- The error's code, or why it was skipped.
    cause TEXT COLLATE "C",
    reason_zh TEXT COLLATE "C",
    reason_en TEXT COLLATE "C",
    faults TEXT COLLATE "C" NOT NULL,
    group_id BYTEA REFERENCES order_groups (id),
    orders TEXT COLLATE "C" NOT NULL,
    settled_at BIGINT NOT NULL,
    PRIMARY KEY (standing_id, day),
    CHECK ((state = 'placed') = (group_id IS NOT NULL)),
    CHECK ((state = 'placed') = (cause IS NULL))
);
-- Goods are ordered for a day once, whatever the calendar becomes.
CREATE UNIQUE INDEX standing_occurrences_placed ON standing_occurrences (standing_id, delivery_on) WHERE state = 'placed';

CREATE TRIGGER standing_revisions_append_only BEFORE UPDATE OR DELETE ON standing_revisions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER standing_occurrences_append_only BEFORE UPDATE OR DELETE ON standing_occurrences FOR EACH ROW EXECUTE FUNCTION refuse_change();
