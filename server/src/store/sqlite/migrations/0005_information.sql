-- A projection: which entry says how a piece of information stands. What it says is the body of the entry, and goes with it.
CREATE TABLE information (
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    is_live INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (id, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX information_by_seq ON information (seq);
CREATE INDEX information_live ON information (id, seq) WHERE is_live = 1;
-- Who has read which information that is AMBER or stricter.
CREATE TABLE readings (
    reader TEXT NOT NULL,
    information TEXT NOT NULL,
    PRIMARY KEY (reader, information)
) STRICT, WITHOUT ROWID;
-- Keyed hashes of names that no free text may hold, by code.
CREATE TABLE holders (
    code TEXT PRIMARY KEY,
    record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
