-- The scans this desk's own operations name, and how far each has got by the hub's word: `there` of its `bytes` have arrived;
-- `standing` is 0 while it waits, 1 when the province has it whole, 2 where the province does not ask for it, 3 where the
-- hub asked for it and its file is gone here.
CREATE TABLE scan (
    hash     BLOB    NOT NULL PRIMARY KEY,
    bytes    INTEGER NOT NULL,
    there    INTEGER NOT NULL DEFAULT 0,
    standing INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX scan_waiting ON scan (standing) WHERE standing = 0;
