-- A projection: which entry says how a change of the permit register stands, whether it is part of the register then, and whether
-- it stands in the place of all before it. What it says is the body of the entry.
CREATE TABLE register_changes (
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    acts INTEGER NOT NULL,
    is_whole INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (id, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX register_changes_by_seq ON register_changes (seq);
