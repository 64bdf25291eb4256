-- A projection: which entry says how a piece of information stands. What it says is the body of the entry, and goes with it.
CREATE TABLE information (
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL UNIQUE,
    is_live BOOLEAN NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (id, seq)
);
CREATE INDEX information_live ON information (id, seq) WHERE is_live;
-- Who has read which information that is AMBER or stricter.
CREATE TABLE readings (
    reader TEXT COLLATE "C" NOT NULL,
    information TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (reader, information)
);
-- Keyed hashes of names that no free text may hold, by code.
CREATE TABLE holders (
    code TEXT COLLATE "C" PRIMARY KEY,
    record TEXT NOT NULL
);
