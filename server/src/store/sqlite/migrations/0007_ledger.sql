-- What consignments drew from permits and quotas, and gave back, by account and entry.
CREATE TABLE uses (
    account TEXT NOT NULL,
    seq INTEGER NOT NULL,
    -- Place within the entry.
    n INTEGER NOT NULL,
    -- Which consignment, and which manifest of its sender.
    who TEXT NOT NULL,
    filing TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (account, seq, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX uses_by_who ON uses (who);
CREATE INDEX uses_by_filing ON uses (filing) WHERE filing <> '';
