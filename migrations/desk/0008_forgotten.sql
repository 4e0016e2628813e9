-- Scans of dossiers that were forgotten, until their files are gone from this computer.
CREATE TABLE scan_to_erase (
    hash BLOB NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
