-- Scans a person at this desk asked for that are not here: when, whether the province may be asked for it (the commune's other
-- desks are asked first, where there are any), and whether it has said that it does not have it either.
CREATE TABLE fetch (
    hash     BLOB    NOT NULL PRIMARY KEY,
    bytes    INTEGER NOT NULL,
    asked_ms INTEGER NOT NULL,
    for_hub  INTEGER NOT NULL DEFAULT 0,
    lacked   INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
