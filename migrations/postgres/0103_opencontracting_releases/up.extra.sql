
CREATE FUNCTION contracting_placed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contracting_processes
        SELECT NEW.id, NEW.placed_at, b.name, b.uscc, u.name, u.uscc, p.name, p.uscc, s.name, s.uscc
        FROM organisations b JOIN organisations u ON u.id = NEW.unit_id JOIN organisations p ON p.id = NEW.payer_id
            JOIN organisations s ON s.id = NEW.supplier_id
        WHERE b.id = NEW.buyer_id;
    INSERT INTO contracting_releases VALUES (NEW.id, 1, 'told', NEW.id, NEW.placed_at);
    RETURN NULL;
END $$;
CREATE TRIGGER contracting_placed AFTER INSERT ON orders FOR EACH ROW WHEN (NEW.state = 'placed' AND NEW.fund <> 'personal')
    EXECUTE FUNCTION contracting_placed();
CREATE FUNCTION contracting_approved() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contracting_processes
        SELECT NEW.id, NEW.updated_at, b.name, b.uscc, u.name, u.uscc, p.name, p.uscc, s.name, s.uscc
        FROM organisations b JOIN organisations u ON u.id = NEW.unit_id JOIN organisations p ON p.id = NEW.payer_id
            JOIN organisations s ON s.id = NEW.supplier_id
        WHERE b.id = NEW.buyer_id;
    INSERT INTO contracting_releases VALUES (NEW.id, 1, 'told', NEW.id, NEW.updated_at);
    RETURN NULL;
END $$;
CREATE TRIGGER contracting_approved AFTER UPDATE OF state ON orders FOR EACH ROW WHEN (OLD.state = 'awaiting_approval' AND NEW.state = 'placed' AND NEW.fund <> 'personal')
    EXECUTE FUNCTION contracting_approved();
CREATE FUNCTION contracting_moved() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contracting_releases
        SELECT c.order_id, (SELECT COALESCE(MAX(r.seq), 0) + 1 FROM contracting_releases r WHERE r.order_id = c.order_id),
            CASE WHEN NEW.state = 'confirmed' AND OLD.state = 'closed' THEN 'reopened' ELSE NEW.state END, NEW.id, NEW.updated_at
        FROM contracting_processes c WHERE c.order_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER contracting_moved AFTER UPDATE OF state ON orders FOR EACH ROW WHEN (OLD.state <> NEW.state AND OLD.state <> 'awaiting_approval')
    EXECUTE FUNCTION contracting_moved();
CREATE FUNCTION contracting_short_closed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contracting_releases
        SELECT c.order_id, (SELECT COALESCE(MAX(r.seq), 0) + 1 FROM contracting_releases r WHERE r.order_id = c.order_id),
            'short_closed', NEW.id, NEW.recorded_at
        FROM contracting_processes c WHERE c.order_id = NEW.order_id;
    RETURN NULL;
END $$;
CREATE TRIGGER contracting_short_closed AFTER INSERT ON short_closures FOR EACH ROW
    EXECUTE FUNCTION contracting_short_closed();
CREATE FUNCTION contracting_accepted() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contracting_releases
        SELECT c.order_id, (SELECT COALESCE(MAX(r.seq), 0) + 1 FROM contracting_releases r WHERE r.order_id = c.order_id),
            'accepted', NEW.id, NEW.recorded_at
        FROM contracting_processes c WHERE c.order_id = NEW.order_id;
    RETURN NULL;
END $$;
CREATE TRIGGER contracting_accepted AFTER INSERT ON acceptances FOR EACH ROW
    EXECUTE FUNCTION contracting_accepted();
CREATE FUNCTION contracting_returned() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contracting_releases
        SELECT c.order_id, (SELECT COALESCE(MAX(r.seq), 0) + 1 FROM contracting_releases r WHERE r.order_id = c.order_id),
            'returned', NEW.id, NEW.recorded_at
        FROM contracting_processes c WHERE c.order_id = NEW.order_id;
    RETURN NULL;
END $$;
CREATE TRIGGER contracting_returned AFTER INSERT ON returns FOR EACH ROW
    EXECUTE FUNCTION contracting_returned();
CREATE FUNCTION contracting_allowed() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contracting_releases
        SELECT c.order_id, (SELECT COALESCE(MAX(r.seq), 0) + 1 FROM contracting_releases r WHERE r.order_id = c.order_id),
            'allowed', NEW.id, NEW.recorded_at
        FROM contracting_processes c WHERE c.order_id = NEW.order_id;
    RETURN NULL;
END $$;
CREATE TRIGGER contracting_allowed AFTER INSERT ON order_allowances FOR EACH ROW
    EXECUTE FUNCTION contracting_allowed();
CREATE FUNCTION contracting_refunded() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contracting_releases
        SELECT c.order_id, (SELECT COALESCE(MAX(r.seq), 0) + 1 FROM contracting_releases r WHERE r.order_id = c.order_id),
            'refunded', NEW.id, NEW.recorded_at
        FROM contracting_processes c WHERE c.order_id = NEW.order_id;
    RETURN NULL;
END $$;
CREATE TRIGGER contracting_refunded AFTER INSERT ON refunds FOR EACH ROW
    EXECUTE FUNCTION contracting_refunded();
CREATE FUNCTION contracting_repriced() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contracting_releases
        SELECT c.order_id, (SELECT COALESCE(MAX(r.seq), 0) + 1 FROM contracting_releases r WHERE r.order_id = c.order_id),
            'repriced', NEW.id, NEW.ended_at
        FROM contracting_processes c WHERE c.order_id = NEW.order_id;
    RETURN NULL;
END $$;
CREATE TRIGGER contracting_repriced AFTER UPDATE OF state ON order_price_changes FOR EACH ROW WHEN (OLD.state <> 'agreed' AND NEW.state = 'agreed')
    EXECUTE FUNCTION contracting_repriced();
CREATE FUNCTION contracting_paid() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contracting_releases
        SELECT c.order_id, (SELECT COALESCE(MAX(r.seq), 0) + 1 FROM contracting_releases r WHERE r.order_id = c.order_id),
            'paid', NEW.id, NEW.effective_at
        FROM payment_orders o JOIN contracting_processes c ON c.order_id = o.order_id WHERE o.payment_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER contracting_paid AFTER UPDATE OF effective_at ON payments FOR EACH ROW WHEN (OLD.effective_at IS NULL AND NEW.effective_at IS NOT NULL)
    EXECUTE FUNCTION contracting_paid();
CREATE FUNCTION contracting_unpaid() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO contracting_releases
        SELECT c.order_id, (SELECT COALESCE(MAX(r.seq), 0) + 1 FROM contracting_releases r WHERE r.order_id = c.order_id),
            'unpaid', NEW.id, NEW.reversed_at
        FROM payment_orders o JOIN contracting_processes c ON c.order_id = o.order_id WHERE o.payment_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER contracting_unpaid AFTER UPDATE OF reversed_at ON payments FOR EACH ROW WHEN (OLD.reversed_at IS NULL AND NEW.reversed_at IS NOT NULL)
    EXECUTE FUNCTION contracting_unpaid();
CREATE TRIGGER contracting_processes_append_only BEFORE UPDATE OR DELETE ON contracting_processes FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER contracting_releases_append_only BEFORE UPDATE OR DELETE ON contracting_releases FOR EACH ROW EXECUTE FUNCTION refuse_change();
