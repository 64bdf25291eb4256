-- What consignments drew from permits and quotas, and gave back, by account and entry.
CREATE TABLE uses (
    account TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    -- Place within the entry.
    n BIGINT NOT NULL,
    -- Which consignment, and which manifest of its sender.
    who TEXT COLLATE "C" NOT NULL,
    filing TEXT COLLATE "C" NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (account, seq, n)
);
CREATE INDEX uses_by_who ON uses (who);
CREATE INDEX uses_by_filing ON uses (filing) WHERE filing <> '';
