-- Stretches of logs whose clock was too far ahead to be believed, and when the province heard of them, milliseconds since 1970: a
-- fold of the hub's own logs. `origin` and `seq` name the operation that says so; of several on one operation the earliest holds.
CREATE TABLE clock_note (
    origin   INTEGER NOT NULL REFERENCES origin (id),
    seq      INTEGER NOT NULL,
    replica  INTEGER NOT NULL,
    from_seq INTEGER NOT NULL,
    to_seq   INTEGER NOT NULL,
    noted_ms INTEGER NOT NULL,
    PRIMARY KEY (origin, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX clock_note_on ON clock_note (replica, from_seq);
