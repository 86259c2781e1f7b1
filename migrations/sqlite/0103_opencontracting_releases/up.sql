-- Open Contracting: what is published of orders. One process is an order that its supplier was told of, unless a person pays it; its
-- parties are called as they were then. Each row of contracting_releases is one release: seq counts in the order in which the facts
-- took effect (facts of an order are recorded under its claim, one after another), and at is when that was. Rows are only added, so
-- that what was published never changes.
--
-- Triggers add them, because facts are recorded in many ways and none may be forgotten.
CREATE TABLE contracting_processes (
    order_id BLOB NOT NULL PRIMARY KEY,
    told_at BIGINT NOT NULL,
    buyer_name TEXT NOT NULL,
    buyer_uscc TEXT,
    unit_name TEXT NOT NULL,
    unit_uscc TEXT,
    payer_name TEXT NOT NULL,
    payer_uscc TEXT,
    supplier_name TEXT NOT NULL,
    supplier_uscc TEXT
);
CREATE TABLE contracting_releases (
    order_id BLOB NOT NULL REFERENCES contracting_processes (order_id),
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('told', 'confirmed', 'declined', 'expired', 'cancelled', 'closed', 'reopened', 'accepted', 'returned',
        'allowed', 'short_closed', 'repriced', 'paid', 'unpaid', 'refunded')),
    -- The record that tells the fact; of the order's own states the order.
    subject_id BLOB NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (order_id, seq)
);

-- What is there already.
INSERT INTO contracting_processes
SELECT o.id, COALESCE((SELECT MAX(a.decided_at) FROM order_approvals a WHERE a.order_id = o.id), o.placed_at),
    b.name, b.uscc, u.name, u.uscc, p.name, p.uscc, s.name, s.uscc
FROM orders o JOIN organisations b ON b.id = o.buyer_id JOIN organisations u ON u.id = o.unit_id
    JOIN organisations p ON p.id = o.payer_id JOIN organisations s ON s.id = o.supplier_id
WHERE o.fund <> 'personal' AND o.state NOT IN ('awaiting_approval', 'rejected', 'lapsed', 'withdrawn');
INSERT INTO contracting_releases
SELECT f.order_id, ROW_NUMBER() OVER (PARTITION BY f.order_id ORDER BY f.at, f.place, f.subject_id), f.kind, f.subject_id, f.at
FROM (
    SELECT order_id, 'told' AS kind, order_id AS subject_id, told_at AS at, 0 AS place FROM contracting_processes
    UNION ALL SELECT id, 'confirmed', id, confirmed_at, 1 FROM orders WHERE confirmed_at IS NOT NULL
    UNION ALL SELECT order_id, 'repriced', id, ended_at, 2 FROM order_price_changes WHERE state = 'agreed'
    UNION ALL SELECT order_id, 'short_closed', id, recorded_at, 3 FROM short_closures
    UNION ALL SELECT order_id, 'accepted', id, recorded_at, 4 FROM acceptances
    UNION ALL SELECT order_id, 'returned', id, recorded_at, 5 FROM returns
    UNION ALL SELECT order_id, 'allowed', id, recorded_at, 6 FROM order_allowances
    UNION ALL SELECT o.order_id, 'paid', p.id, p.effective_at, 7 FROM payments p JOIN payment_orders o ON o.payment_id = p.id
        WHERE p.effective_at IS NOT NULL
    UNION ALL SELECT o.order_id, 'unpaid', p.id, p.reversed_at, 8 FROM payments p JOIN payment_orders o ON o.payment_id = p.id
        WHERE p.reversed_at IS NOT NULL
    UNION ALL SELECT order_id, 'refunded', id, recorded_at, 9 FROM refunds
    UNION ALL SELECT id, state, id, COALESCE(closed_at, updated_at), 10 FROM orders
        WHERE state IN ('declined', 'expired', 'cancelled', 'closed')
) f JOIN contracting_processes c ON c.order_id = f.order_id;

-- sqlite only
CREATE TRIGGER contracting_placed AFTER INSERT ON orders
WHEN NEW.state = 'placed' AND NEW.fund <> 'personal'
BEGIN
    INSERT INTO contracting_processes
        SELECT NEW.id, NEW.placed_at, b.name, b.uscc, u.name, u.uscc, p.name, p.uscc, s.name, s.uscc
        FROM organisations b JOIN organisations u ON u.id = NEW.unit_id JOIN organisations p ON p.id = NEW.payer_id
            JOIN organisations s ON s.id = NEW.supplier_id
        WHERE b.id = NEW.buyer_id;
    INSERT INTO contracting_releases VALUES (NEW.id, 1, 'told', NEW.id, NEW.placed_at);
END;
CREATE TRIGGER contracting_approved AFTER UPDATE OF state ON orders
WHEN OLD.state = 'awaiting_approval' AND NEW.state = 'placed' AND NEW.fund <> 'personal'
BEGIN
    INSERT INTO contracting_processes
        SELECT NEW.id, NEW.updated_at, b.name, b.uscc, u.name, u.uscc, p.name, p.uscc, s.name, s.uscc
        FROM organisations b JOIN organisations u ON u.id = NEW.unit_id JOIN organisations p ON p.id = NEW.payer_id
            JOIN organisations s ON s.id = NEW.supplier_id
        WHERE b.id = NEW.buyer_id;
    INSERT INTO contracting_releases VALUES (NEW.id, 1, 'told', NEW.id, NEW.updated_at);
END;
CREATE TRIGGER contracting_moved AFTER UPDATE OF state ON orders
WHEN OLD.state <> NEW.state AND OLD.state <> 'awaiting_approval'
BEGIN
    INSERT INTO contracting_releases
        SELECT c.order_id, (SELECT COALESCE(MAX(r.seq), 0) + 1 FROM contracting_releases r WHERE r.order_id = c.order_id),
            CASE WHEN NEW.state = 'confirmed' AND OLD.state = 'closed' THEN 'reopened' ELSE NEW.state END, NEW.id, NEW.updated_at
        FROM contracting_processes c WHERE c.order_id = NEW.id;
END;
CREATE TRIGGER contracting_short_closed AFTER INSERT ON short_closures
BEGIN
    INSERT INTO contracting_releases
        SELECT c.order_id, (SELECT COALESCE(MAX(r.seq), 0) + 1 FROM contracting_releases r WHERE r.order_id = c.order_id),
            'short_closed', NEW.id, NEW.recorded_at
        FROM contracting_processes c WHERE c.order_id = NEW.order_id;
END;
CREATE TRIGGER contracting_accepted AFTER INSERT ON acceptances
BEGIN
    INSERT INTO contracting_releases
        SELECT c.order_id, (SELECT COALESCE(MAX(r.seq), 0) + 1 FROM contracting_releases r WHERE r.order_id = c.order_id),
            'accepted', NEW.id, NEW.recorded_at
        FROM contracting_processes c WHERE c.order_id = NEW.order_id;
END;
CREATE TRIGGER contracting_returned AFTER INSERT ON returns
BEGIN
    INSERT INTO contracting_releases
        SELECT c.order_id, (SELECT COALESCE(MAX(r.seq), 0) + 1 FROM contracting_releases r WHERE r.order_id = c.order_id),
            'returned', NEW.id, NEW.recorded_at
        FROM contracting_processes c WHERE c.order_id = NEW.order_id;
END;
CREATE TRIGGER contracting_allowed AFTER INSERT ON order_allowances
BEGIN
    INSERT INTO contracting_releases
        SELECT c.order_id, (SELECT COALESCE(MAX(r.seq), 0) + 1 FROM contracting_releases r WHERE r.order_id = c.order_id),
            'allowed', NEW.id, NEW.recorded_at
        FROM contracting_processes c WHERE c.order_id = NEW.order_id;
END;
CREATE TRIGGER contracting_refunded AFTER INSERT ON refunds
BEGIN
    INSERT INTO contracting_releases
        SELECT c.order_id, (SELECT COALESCE(MAX(r.seq), 0) + 1 FROM contracting_releases r WHERE r.order_id = c.order_id),
            'refunded', NEW.id, NEW.recorded_at
        FROM contracting_processes c WHERE c.order_id = NEW.order_id;
END;
CREATE TRIGGER contracting_repriced AFTER UPDATE OF state ON order_price_changes
WHEN OLD.state <> 'agreed' AND NEW.state = 'agreed'
BEGIN
    INSERT INTO contracting_releases
        SELECT c.order_id, (SELECT COALESCE(MAX(r.seq), 0) + 1 FROM contracting_releases r WHERE r.order_id = c.order_id),
            'repriced', NEW.id, NEW.ended_at
        FROM contracting_processes c WHERE c.order_id = NEW.order_id;
END;
CREATE TRIGGER contracting_paid AFTER UPDATE OF effective_at ON payments
WHEN OLD.effective_at IS NULL AND NEW.effective_at IS NOT NULL
BEGIN
    INSERT INTO contracting_releases
        SELECT c.order_id, (SELECT COALESCE(MAX(r.seq), 0) + 1 FROM contracting_releases r WHERE r.order_id = c.order_id),
            'paid', NEW.id, NEW.effective_at
        FROM payment_orders o JOIN contracting_processes c ON c.order_id = o.order_id WHERE o.payment_id = NEW.id;
END;
CREATE TRIGGER contracting_unpaid AFTER UPDATE OF reversed_at ON payments
WHEN OLD.reversed_at IS NULL AND NEW.reversed_at IS NOT NULL
BEGIN
    INSERT INTO contracting_releases
        SELECT c.order_id, (SELECT COALESCE(MAX(r.seq), 0) + 1 FROM contracting_releases r WHERE r.order_id = c.order_id),
            'unpaid', NEW.id, NEW.reversed_at
        FROM payment_orders o JOIN contracting_processes c ON c.order_id = o.order_id WHERE o.payment_id = NEW.id;
END;
CREATE TRIGGER contracting_processes_no_update BEFORE UPDATE ON contracting_processes BEGIN SELECT RAISE(ABORT, 'contracting_processes is append-only'); END;
CREATE TRIGGER contracting_processes_no_delete BEFORE DELETE ON contracting_processes BEGIN SELECT RAISE(ABORT, 'contracting_processes is append-only'); END;
CREATE TRIGGER contracting_releases_no_update BEFORE UPDATE ON contracting_releases BEGIN SELECT RAISE(ABORT, 'contracting_releases is append-only'); END;
CREATE TRIGGER contracting_releases_no_delete BEFORE DELETE ON contracting_releases BEGIN SELECT RAISE(ABORT, 'contracting_releases is append-only'); END;
-- end
