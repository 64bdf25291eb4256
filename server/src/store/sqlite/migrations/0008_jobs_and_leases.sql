-- A projection: how each manifest that is judged later stands. What it says is the body of its last entry.
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    reader TEXT NOT NULL,
    state TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_by_state ON jobs (state, seq);
CREATE INDEX jobs_by_reader ON jobs (reader, seq);
-- What one process has to itself for a while, and how far it is; no entry says it. Microseconds since 1970.
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until INTEGER NOT NULL,
    note TEXT NOT NULL
) STRICT, WITHOUT ROWID;
