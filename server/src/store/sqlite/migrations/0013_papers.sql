-- Projection: papers that bills have shown, by what finds them again; a mark is a keyed hash.
CREATE TABLE papers (
    mark TEXT NOT NULL,
    seq INTEGER NOT NULL,
    -- Place within the entry.
    n INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (mark, seq, n)
) STRICT, WITHOUT ROWID;
