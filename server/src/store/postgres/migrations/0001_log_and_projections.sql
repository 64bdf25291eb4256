-- The log and its bodies. Texts are ordered by their bytes, as everywhere in the product.
CREATE TABLE entries (
    seq BIGINT PRIMARY KEY,
    at TEXT COLLATE "C" NOT NULL,
    reader TEXT COLLATE "C" NOT NULL,
    grp TEXT COLLATE "C",
    kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    label TEXT COLLATE "C" NOT NULL,
    body BYTEA NOT NULL,
    second TEXT COLLATE "C",
    prev BYTEA NOT NULL,
    hash BYTEA NOT NULL
);
CREATE INDEX entries_by_subject ON entries (subject, seq);
-- One row. Whoever adds to the log holds it until his commit is over, so that the chain never forks.
CREATE TABLE log_end (
    one BOOLEAN PRIMARY KEY CHECK (one)
);
INSERT INTO log_end VALUES (true);
-- The key that checks the checkpoints, in one row: processes with another key are not let in. The key that signs is not here.
CREATE TABLE log_key (
    one BOOLEAN PRIMARY KEY CHECK (one),
    public TEXT NOT NULL
);
CREATE TABLE bodies (
    digest BYTEA PRIMARY KEY,
    salt BYTEA NOT NULL,
    bytes BYTEA NOT NULL
);
CREATE TABLE checkpoints (
    size BIGINT PRIMARY KEY,
    note TEXT NOT NULL
);
-- What was done under an idempotency key.
CREATE TABLE once (
    key TEXT COLLATE "C" PRIMARY KEY,
    digest BYTEA NOT NULL,
    first BIGINT NOT NULL,
    last BIGINT NOT NULL
);

-- Projections: built again from the entries.
CREATE TABLE readers (
    id TEXT COLLATE "C" PRIMARY KEY,
    record TEXT NOT NULL
);
CREATE TABLE groups (
    id TEXT COLLATE "C" PRIMARY KEY,
    record TEXT NOT NULL
);
CREATE TABLE keys (
    id TEXT COLLATE "C" PRIMARY KEY,
    reader TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL UNIQUE,
    record TEXT NOT NULL
);
CREATE TABLE bills (
    id TEXT COLLATE "C" PRIMARY KEY,
    seq BIGINT NOT NULL,
    reader TEXT COLLATE "C" NOT NULL,
    -- 0 green to 3 red: by the whole engine; then as decided.
    assessed BIGINT NOT NULL,
    decided BIGINT NOT NULL,
    -- The last day of a waiver, in UTC.
    waived_until TEXT COLLATE "C",
    record TEXT NOT NULL
);
CREATE INDEX bills_waived ON bills (waived_until) WHERE waived_until IS NOT NULL;
-- A bill as each clearance may know it: its place in the queue. A rank ends in what a sender wrote: any bytes, and more of
-- them than an index takes, which has the first ones in the same order.
CREATE TABLE sights (
    bill TEXT COLLATE "C" NOT NULL,
    clearance BIGINT NOT NULL,
    decided BIGINT NOT NULL,
    rank BYTEA NOT NULL,
    PRIMARY KEY (bill, clearance)
);
CREATE INDEX sights_in_order ON sights (clearance, decided, substring(rank from 1 for 200));
CREATE TABLE decisions (
    id TEXT COLLATE "C" PRIMARY KEY,
    bill TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    record TEXT NOT NULL
);
CREATE INDEX decisions_by_bill ON decisions (bill, seq);
CREATE TABLE results (
    seq BIGINT PRIMARY KEY,
    bill TEXT COLLATE "C" NOT NULL,
    record TEXT NOT NULL
);
CREATE INDEX results_by_bill ON results (bill, seq);
-- What is remembered of bills of senders from outside, by the keys under which nearly the same one is found.
CREATE TABLE probes (
    key TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    n BIGINT NOT NULL,
    at TEXT COLLATE "C" NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (key, seq, n)
);
CREATE INDEX probes_by_time ON probes (at);

-- When a key was last used; no entry says it.
CREATE TABLE key_uses (
    key TEXT COLLATE "C" PRIMARY KEY,
    at TEXT COLLATE "C" NOT NULL
);
