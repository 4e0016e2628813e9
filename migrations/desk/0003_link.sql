-- What replication on an open connection needs.

-- A place in each log whose chain head is known, so that the next checkpoint need not walk the whole log: where the hub last
-- said it holds it.
ALTER TABLE origin ADD COLUMN base_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE origin ADD COLUMN base_head BLOB NOT NULL DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000';

-- The authors' own words on their logs (the signature of a checkpoint; its head follows from the log), to be passed on.
CREATE TABLE vouched (
    origin    INTEGER NOT NULL REFERENCES origin (id),
    seq       INTEGER NOT NULL,
    signature BLOB    NOT NULL,
    PRIMARY KEY (origin, seq)
) STRICT, WITHOUT ROWID;
