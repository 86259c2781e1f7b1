-- 自始无效: decisions that a certificate was never valid. The certificate is revoked with it; what was counted on the strength
-- of it is taken back order by order.
CREATE TABLE certificate_annulments (
    id BLOB NOT NULL PRIMARY KEY,
    certificate_id BLOB NOT NULL UNIQUE REFERENCES certificates (id),
    ground TEXT NOT NULL CHECK (ground IN ('certification_false', 'origin_false')),
    reason TEXT NOT NULL,
    document_no TEXT,
    office_org BLOB NOT NULL REFERENCES organisations (id),
    decided_by BLOB NOT NULL REFERENCES users (id),
    decided_at BIGINT NOT NULL,
    decided_on TEXT NOT NULL
);
CREATE INDEX certificate_annulments_at ON certificate_annulments (decided_at);

-- sqlite only
CREATE TRIGGER certificate_annulments_no_update BEFORE UPDATE ON certificate_annulments BEGIN SELECT RAISE(ABORT, 'certificate_annulments is append-only'); END;
CREATE TRIGGER certificate_annulments_no_delete BEFORE DELETE ON certificate_annulments BEGIN SELECT RAISE(ABORT, 'certificate_annulments is append-only'); END;
-- end
