-- As what an order counts since an office classified it anew, and why; number 0 is what it was placed as.
CREATE TABLE order_classifications (
    order_id BLOB NOT NULL REFERENCES orders (id),
    no BIGINT NOT NULL CHECK (no >= 1),
    mode TEXT NOT NULL,
    channel TEXT NOT NULL,
    -- Words of the region's dictionary that say it more closely.
    mode_term TEXT,
    channel_term TEXT,
    -- Codes in order, with a comma after each.
    tags TEXT NOT NULL,
    reason TEXT NOT NULL,
    org_id BLOB NOT NULL,
    decided_by BLOB NOT NULL,
    decided_at BIGINT NOT NULL,
    PRIMARY KEY (order_id, no)
);
-- Under which classification an entry counts. What counted under an older one is moved by pairs, never changed; such an entry says so.
ALTER TABLE ledger_counts ADD COLUMN class_no BIGINT NOT NULL DEFAULT 0;
ALTER TABLE ledger_counts ADD COLUMN reclassed BOOLEAN NOT NULL DEFAULT FALSE;
-- sqlite only
CREATE TRIGGER order_classifications_no_update BEFORE UPDATE ON order_classifications BEGIN SELECT RAISE(ABORT, 'order_classifications is append-only'); END;
CREATE TRIGGER order_classifications_no_delete BEFORE DELETE ON order_classifications BEGIN SELECT RAISE(ABORT, 'order_classifications is append-only'); END;
-- end
