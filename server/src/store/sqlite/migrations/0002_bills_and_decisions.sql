-- Projections of what was assessed and decided.
CREATE TABLE bills (
    id TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    reader TEXT NOT NULL,
    -- 0 green to 3 red: by the whole engine; then as decided.
    assessed INTEGER NOT NULL,
    decided INTEGER NOT NULL,
    -- The last day of a waiver, in UTC.
    waived_until TEXT,
    record TEXT NOT NULL
) STRICT;
-- A bill as each clearance may know it: its place in the queue, and the digest of its answer.
CREATE TABLE sights (
    bill TEXT NOT NULL,
    clearance INTEGER NOT NULL,
    decided INTEGER NOT NULL,
    rank TEXT NOT NULL,
    PRIMARY KEY (bill, clearance)
) STRICT, WITHOUT ROWID;
CREATE INDEX sights_in_order ON sights (clearance, decided, rank, bill);
CREATE TABLE decisions (
    id TEXT PRIMARY KEY,
    bill TEXT NOT NULL,
    seq INTEGER NOT NULL,
    record TEXT NOT NULL
) STRICT;
CREATE INDEX decisions_by_bill ON decisions (bill, seq);
