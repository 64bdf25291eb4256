-- A projection: which entry says how a change of the permit register stands, whether it is part of the register then, and whether
-- it stands in the place of all before it. What it says is the body of the entry.
CREATE TABLE register_changes (
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL UNIQUE,
    acts BOOLEAN NOT NULL,
    is_whole BOOLEAN NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (id, seq)
);
