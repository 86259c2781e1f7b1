-- What is known of a lot beyond its name: when it was made or harvested, and its papers (承诺达标合格证, 检测报告, 检疫证明).
ALTER TABLE shipment_lines ADD COLUMN made_on TEXT COLLATE "C";
CREATE TABLE lot_papers (
    id BYTEA NOT NULL PRIMARY KEY,
    shipment_id BYTEA NOT NULL,
    line_id BYTEA NOT NULL,
    lot TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('conformity', 'test_report', 'quarantine', 'other')),
    number TEXT COLLATE "C" NOT NULL,
    issuer TEXT COLLATE "C" NOT NULL,
    issued_on TEXT COLLATE "C" NOT NULL,
    expires_on TEXT COLLATE "C",
    file_id BYTEA NOT NULL REFERENCES files (id),
    recorded_at BIGINT NOT NULL,
    recorded_by BYTEA NOT NULL,
    FOREIGN KEY (shipment_id, line_id, lot) REFERENCES shipment_lines (shipment_id, line_id, lot)
);
CREATE UNIQUE INDEX lot_papers_lot ON lot_papers (shipment_id, line_id, lot, kind, number);
