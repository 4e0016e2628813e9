-- Neighbours in the commune hold and pass on each other's logs.

-- For another desk's log, `acknowledged` is how far the hub holds it: whatever came in until now came from the hub.
UPDATE origin SET acknowledged = last_seq WHERE own = 0;

-- How far a neighbour's computer holds the log of this desk.
ALTER TABLE origin ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;

-- The hub's own word (its signature of a checkpoint) that it holds the log that far, to be passed on to the author.
ALTER TABLE origin ADD COLUMN word_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE origin ADD COLUMN word BLOB;

-- A dossier whose reception the hub sets aside later has no row any more; who looked at it stays known. The dossier is named by
-- the operation that received it.
CREATE TABLE looked_at (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms   INTEGER NOT NULL,
    officer INTEGER NOT NULL REFERENCES officer (id),
    origin  INTEGER NOT NULL REFERENCES origin (id),
    seq     INTEGER NOT NULL
) STRICT;
INSERT INTO looked_at (id, at_ms, officer, origin, seq)
    SELECT reveal.id, at_ms, officer, dossier.origin, dossier.seq FROM reveal JOIN dossier ON dossier.id = reveal.dossier;
DROP TABLE reveal;
ALTER TABLE looked_at RENAME TO reveal;
