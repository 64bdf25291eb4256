-- A projection: which entry says how a piece of information stands. What it says is the body of the entry, and goes with it.
CREATE TABLE information (
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    -- 0 CLEAR to 4 RED.
    label INTEGER NOT NULL,
    teller TEXT,
    body BLOB NOT NULL,
    PRIMARY KEY (id, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX information_by_seq ON information (seq);
CREATE INDEX information_live ON information (id, seq) WHERE state = 'live';
CREATE INDEX information_by_label ON information (label, seq);
CREATE INDEX information_by_teller ON information (teller, seq) WHERE teller IS NOT NULL;
-- A projection: which entry says how a ruleset stands, and whether it is part of the engine then.
CREATE TABLE rulesets (
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    acts INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (id, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX rulesets_by_seq ON rulesets (seq);
-- How often indicators that are only tried have fired, by day.
CREATE TABLE tried (
    indicator TEXT NOT NULL,
    day TEXT NOT NULL,
    fired INTEGER NOT NULL,
    of_green INTEGER NOT NULL,
    PRIMARY KEY (indicator, day)
) STRICT, WITHOUT ROWID;
-- Who has read which information that is AMBER or stricter.
CREATE TABLE readings (
    reader TEXT NOT NULL,
    information TEXT NOT NULL,
    PRIMARY KEY (reader, information)
) STRICT, WITHOUT ROWID;
CREATE INDEX readings_by_information ON readings (information);
-- Keyed hashes of names that no free text may hold, by code.
CREATE TABLE holders (
    code TEXT PRIMARY KEY,
    record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
