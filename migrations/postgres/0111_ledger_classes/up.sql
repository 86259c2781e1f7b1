-- As what an order counts since an office classified it anew, and why; number 0 is what it was placed as.
CREATE TABLE order_classifications (
    order_id BYTEA NOT NULL REFERENCES orders (id),
    no BIGINT NOT NULL CHECK (no >= 1),
    mode TEXT COLLATE "C" NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    -- Words of the region's dictionary that say it more closely.
    mode_term TEXT COLLATE "C",
    channel_term TEXT COLLATE "C",
    -- Codes in order, with a comma after each.
    tags TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    org_id BYTEA NOT NULL,
    decided_by BYTEA NOT NULL,
    decided_at BIGINT NOT NULL,
    PRIMARY KEY (order_id, no)
);
-- Under which classification an entry counts. What counted under an older one is moved by pairs, never changed; such an entry says so.
ALTER TABLE ledger_counts ADD COLUMN class_no BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ledger_counts ADD COLUMN reclassed BOOLEAN NOT NULL DEFAULT FALSE;
CREATE TRIGGER order_classifications_append_only BEFORE UPDATE OR DELETE ON order_classifications FOR EACH ROW EXECUTE FUNCTION refuse_change();
