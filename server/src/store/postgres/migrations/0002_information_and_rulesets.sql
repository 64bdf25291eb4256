-- A projection: which entry says how a piece of information stands. What it says is the body of the entry, and goes with it.
CREATE TABLE information (
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL UNIQUE,
    state TEXT COLLATE "C" NOT NULL,
    -- 0 CLEAR to 4 RED.
    label BIGINT NOT NULL,
    teller TEXT COLLATE "C",
    body BYTEA NOT NULL,
    PRIMARY KEY (id, seq)
);
CREATE INDEX information_live ON information (id, seq) WHERE state = 'live';
CREATE INDEX information_by_label ON information (label, seq);
CREATE INDEX information_by_teller ON information (teller, seq) WHERE teller IS NOT NULL;
-- A projection: which entry says how a ruleset stands, and whether it is part of the engine then.
CREATE TABLE rulesets (
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL UNIQUE,
    acts BOOLEAN NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (id, seq)
);
-- How often indicators that are only tried have fired, by day.
CREATE TABLE tried (
    indicator TEXT COLLATE "C" NOT NULL,
    day TEXT COLLATE "C" NOT NULL,
    fired BIGINT NOT NULL,
    of_green BIGINT NOT NULL,
    PRIMARY KEY (indicator, day)
);
-- Who has read which information that is AMBER or stricter.
CREATE TABLE readings (
    reader TEXT COLLATE "C" NOT NULL,
    information TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (reader, information)
);
CREATE INDEX readings_by_information ON readings (information);
-- Keyed hashes of names that no free text may hold, by code.
CREATE TABLE holders (
    code TEXT COLLATE "C" PRIMARY KEY,
    record TEXT NOT NULL
);
