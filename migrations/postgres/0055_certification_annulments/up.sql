-- 自始无效: decisions that a certificate was never valid. The certificate is revoked with it; what was counted on the strength
-- of it is taken back order by order.
CREATE TABLE certificate_annulments (
    id BYTEA NOT NULL PRIMARY KEY,
    certificate_id BYTEA NOT NULL UNIQUE REFERENCES certificates (id),
    ground TEXT COLLATE "C" NOT NULL CHECK (ground IN ('certification_false', 'origin_false')),
    reason TEXT COLLATE "C" NOT NULL,
    document_no TEXT COLLATE "C",
    office_org BYTEA NOT NULL REFERENCES organisations (id),
    decided_by BYTEA NOT NULL REFERENCES users (id),
    decided_at BIGINT NOT NULL,
    decided_on TEXT COLLATE "C" NOT NULL
);
CREATE INDEX certificate_annulments_at ON certificate_annulments (decided_at);

CREATE TRIGGER certificate_annulments_append_only BEFORE UPDATE OR DELETE ON certificate_annulments FOR EACH ROW EXECUTE FUNCTION refuse_change();
