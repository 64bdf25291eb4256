-- Projections: which entry says how a sealed hold stands and whether it acts then, what it says being the body of the entry; and
-- which entries say that it met a bill.
CREATE TABLE holds (
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    acts INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (id, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX holds_by_seq ON holds (seq);
CREATE TABLE holds_met (
    hold TEXT NOT NULL,
    seq INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (hold, seq)
) STRICT, WITHOUT ROWID;
