-- 序时提醒: whether a unit was reminded of its year at a point that the rule table names; looked at once.
CREATE TABLE plan_reminders (
    unit_id BYTEA NOT NULL REFERENCES organisations (id),
    year BIGINT NOT NULL,
    point TEXT COLLATE "C" NOT NULL,
    as_of TEXT COLLATE "C" NOT NULL,
    rule_id BYTEA NOT NULL,
    behind BOOLEAN NOT NULL,
    recipients BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (unit_id, year, point)
);
