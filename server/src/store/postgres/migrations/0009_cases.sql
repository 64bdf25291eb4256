-- Projections: which entry says how a case stands, whether it is open then and from which bill it came, what it says being the body of
-- the entry; and which entry says who and what stands behind it.
CREATE TABLE cases (
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    is_open BOOLEAN NOT NULL,
    bill TEXT COLLATE "C",
    body BYTEA NOT NULL,
    PRIMARY KEY (id, seq)
);
CREATE UNIQUE INDEX cases_by_seq ON cases (seq);
CREATE INDEX cases_by_bill ON cases (bill) WHERE bill IS NOT NULL;
CREATE TABLE case_entities (
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (id, seq)
);
-- Which entry says how a request for verification stands, and whether it waits for an answer then.
CREATE TABLE verifications (
    id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    is_open BOOLEAN NOT NULL,
    body BYTEA NOT NULL,
    PRIMARY KEY (id, seq)
);
CREATE UNIQUE INDEX verifications_by_seq ON verifications (seq);
