-- Projections: which entry says how a sealed hold stands and whether it acts then, what it says being the body of the entry; and
-- which entries say that it met a bill.
CREATE TABLE holds (
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    acts BOOLEAN NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (id, seq)
);
CREATE UNIQUE INDEX holds_by_seq ON holds (seq);
CREATE TABLE holds_met (
    hold TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (hold, seq)
);
