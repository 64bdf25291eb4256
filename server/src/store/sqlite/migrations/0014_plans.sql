-- Projections: which entry says how a plan stands, and whether it has ended then; and which entry answers a question of a report.
CREATE TABLE plans (
    id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    is_open INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (id, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX plans_by_seq ON plans (seq);
CREATE TABLE report_answers (
    report TEXT NOT NULL,
    year INTEGER NOT NULL,
    question TEXT NOT NULL,
    seq INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (report, year, question, seq)
) STRICT, WITHOUT ROWID;
