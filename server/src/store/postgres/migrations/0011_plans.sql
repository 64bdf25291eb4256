-- Projections: which entry says how a plan stands, and whether it has ended then; and which entry answers a question of a report.
CREATE TABLE plans (
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    is_open BOOLEAN NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (id, seq)
);
CREATE UNIQUE INDEX plans_by_seq ON plans (seq);
CREATE TABLE report_answers (
    report TEXT COLLATE "C" NOT NULL,
    year BIGINT NOT NULL,
    question TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (report, year, question, seq)
);
