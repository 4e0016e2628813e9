-- Neighbours in the commune hold and pass on each other's logs.

-- For another desk's log, `acknowledged` is how far the hub holds it: whatever came in until now came from the hub.
UPDATE origin SET acknowledged = last_seq WHERE own = 0;

-- How far a neighbour's computer holds the log of this desk.
ALTER TABLE origin ADD COLUMN shared INTEGER NOT NULL DEFAULT 0;

-- The hub's own word (its signature of a checkpoint) that it holds the log that far, to be passed on to the author.
ALTER TABLE origin ADD COLUMN word_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE origin ADD COLUMN word BLOB;
