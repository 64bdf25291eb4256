-- A projection: whom events are told, and of which kinds.
CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
