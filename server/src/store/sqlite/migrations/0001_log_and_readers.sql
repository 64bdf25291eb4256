-- The log and its bodies.
CREATE TABLE entries (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    reader TEXT NOT NULL,
    grp TEXT,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    label TEXT NOT NULL,
    body BLOB NOT NULL,
    second TEXT,
    prev BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX entries_by_subject ON entries (subject, seq);
CREATE TABLE bodies (
    digest BLOB PRIMARY KEY,
    salt BLOB NOT NULL,
    bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE checkpoints (
    size INTEGER PRIMARY KEY,
    note TEXT NOT NULL
) STRICT;
-- What was done under an idempotency key.
CREATE TABLE once (
    key TEXT PRIMARY KEY,
    digest BLOB NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL
) STRICT;

-- Projections: built again from the entries.
CREATE TABLE readers (
    id TEXT PRIMARY KEY,
    record TEXT NOT NULL
) STRICT;
CREATE TABLE groups (
    id TEXT PRIMARY KEY,
    record TEXT NOT NULL
) STRICT;
CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    reader TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    record TEXT NOT NULL
) STRICT;

-- When a key was last used; no entry says it.
CREATE TABLE key_uses (
    key TEXT PRIMARY KEY,
    at TEXT NOT NULL
) STRICT;
