-- What the file belongs to: chain id and region id. A queue of another region is refused.
CREATE TABLE IF NOT EXISTS meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- Every record that was ever ingested and not yet pruned, as its device signed it.
CREATE TABLE IF NOT EXISTS reading (
    id        INTEGER PRIMARY KEY,
    interval  INTEGER NOT NULL,
    device    INTEGER NOT NULL,
    revision  INTEGER NOT NULL,
    import_wh INTEGER NOT NULL,
    export_wh INTEGER NOT NULL,
    digest    BLOB NOT NULL,    -- SHA-256 of the signed record: its identity
    signature BLOB NOT NULL,    -- 64 bytes
    state     INTEGER NOT NULL, -- 0 received, 1 verified, 2 in a transaction, 5 confirmed, 6 rejected
    due_s     INTEGER NOT NULL, -- chain time from which a verified one may be batched
    tx        INTEGER,          -- the transaction that carries or carried it, by interval, device, id
    reason    TEXT              -- why it was rejected
);
CREATE INDEX IF NOT EXISTS reading_identity ON reading (interval, device, revision);

-- Transactions. At most one is on its way (state below 5): the account's sequence is then never in doubt.
CREATE TABLE IF NOT EXISTS tx (
    id             INTEGER PRIMARY KEY,
    state          INTEGER NOT NULL, -- 2 batched, 3 signed, 4 broadcast, 5 closed
    newest         INTEGER NOT NULL, -- greatest interval that it carries
    bytes          BLOB,             -- signed bytes while it is on its way
    hash           BLOB,
    account        TEXT,
    sequence       INTEGER,
    timeout_height INTEGER,
    height         INTEGER           -- block that holds it, once known
);

-- The state of every reading, for whoever looks into the file with a shell.
CREATE VIEW IF NOT EXISTS reading_state AS
SELECT reading.id, interval, device, revision, import_wh, export_wh, reason, hex(tx.hash) AS tx_hash, tx.height,
       CASE CASE reading.state WHEN 2 THEN tx.state ELSE reading.state END
            WHEN 0 THEN 'received' WHEN 1 THEN 'verified' WHEN 2 THEN 'batched' WHEN 3 THEN 'signed'
            WHEN 4 THEN 'broadcast' WHEN 5 THEN 'confirmed' WHEN 6 THEN 'rejected' END AS state
FROM reading LEFT JOIN tx ON tx.id = reading.tx;
