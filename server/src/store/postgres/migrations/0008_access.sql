-- A projection: how each request to be let in stands. What it says is the body of its last entry, and goes with it.
CREATE TABLE access_requests (
    id TEXT COLLATE "C" PRIMARY KEY,
    seq BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    body BYTEA NOT NULL
);
CREATE UNIQUE INDEX access_requests_by_seq ON access_requests (seq);
CREATE INDEX access_requests_by_state ON access_requests (state, seq);
