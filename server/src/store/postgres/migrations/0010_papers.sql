-- Projection: papers that bills have shown, by what finds them again; a mark is a keyed hash.
CREATE TABLE papers (
    mark TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    -- Place within the entry.
    n BIGINT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (mark, seq, n)
);
