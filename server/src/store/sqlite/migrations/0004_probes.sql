-- What is remembered of bills of senders from outside, by the keys under which nearly the same one is found.
CREATE TABLE probes (
    key TEXT NOT NULL,
    seq INTEGER NOT NULL,
    n INTEGER NOT NULL,
    at TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (key, seq, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX probes_by_time ON probes (at);
