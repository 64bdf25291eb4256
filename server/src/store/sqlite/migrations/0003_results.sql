-- A projection: what examinations found, in the order in which it was reported.
CREATE TABLE results (
    seq INTEGER PRIMARY KEY,
    bill TEXT NOT NULL,
    record TEXT NOT NULL
) STRICT;
CREATE INDEX results_by_bill ON results (bill, seq);
