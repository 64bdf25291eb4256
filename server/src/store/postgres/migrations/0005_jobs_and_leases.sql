-- A projection: how each manifest that is judged later stands. What it says is the body of its last entry.
CREATE TABLE jobs (
    id TEXT COLLATE "C" PRIMARY KEY,
    seq BIGINT NOT NULL,
    reader TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    body BYTEA NOT NULL
);
CREATE INDEX jobs_by_state ON jobs (state, seq);
CREATE INDEX jobs_by_reader ON jobs (reader, seq);
-- What one process has to itself for a while, by the clock of the database, and how far it is; no entry says it.
CREATE TABLE leases (
    name TEXT COLLATE "C" PRIMARY KEY,
    holder TEXT COLLATE "C" NOT NULL,
    until TIMESTAMPTZ NOT NULL,
    note TEXT NOT NULL
);
