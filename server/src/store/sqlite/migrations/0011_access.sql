-- A projection: how each request to be let in stands. What it says is the body of its last entry, and goes with it.
CREATE TABLE access_requests (
    id TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX access_requests_by_seq ON access_requests (seq);
CREATE INDEX access_requests_by_state ON access_requests (state, seq);
