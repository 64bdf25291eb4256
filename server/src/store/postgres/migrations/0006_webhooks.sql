-- A projection: whom events are told, and of which kinds.
CREATE TABLE webhooks (
    id TEXT COLLATE "C" PRIMARY KEY,
    record TEXT NOT NULL
);
