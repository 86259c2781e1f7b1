-- What is known of a lot beyond its name: when it was made or harvested, and its papers (承诺达标合格证, 检测报告, 检疫证明).
ALTER TABLE shipment_lines ADD COLUMN made_on TEXT;
CREATE TABLE lot_papers (
    id BLOB NOT NULL PRIMARY KEY,
    shipment_id BLOB NOT NULL,
    line_id BLOB NOT NULL,
    lot TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('conformity', 'test_report', 'quarantine', 'other')),
    number TEXT NOT NULL,
    issuer TEXT NOT NULL,
    issued_on TEXT NOT NULL,
    expires_on TEXT,
    file_id BLOB NOT NULL REFERENCES files (id),
    recorded_at BIGINT NOT NULL,
    recorded_by BLOB NOT NULL,
    FOREIGN KEY (shipment_id, line_id, lot) REFERENCES shipment_lines (shipment_id, line_id, lot)
);
CREATE UNIQUE INDEX lot_papers_lot ON lot_papers (shipment_id, line_id, lot, kind, number);
