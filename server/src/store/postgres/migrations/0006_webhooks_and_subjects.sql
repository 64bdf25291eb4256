-- A projection: whom events are told, and of which kinds.
CREATE TABLE webhooks (
    id TEXT COLLATE "C" PRIMARY KEY,
    record TEXT NOT NULL
);
-- A projection: which subject of which issuer is which reader.
CREATE TABLE subjects (
    issuer TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    reader TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (issuer, subject)
);
