-- What two desks wrote while apart meets by what each had seen.

-- What a writer had seen of others: with its operation `seq`, it had seen `replica` up to `upto`. A row stands only where that
-- had grown, as in the operations themselves; what holds at an operation is the last row not after it.
CREATE TABLE seen (
    origin  INTEGER NOT NULL REFERENCES origin (id),
    replica INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    upto    INTEGER NOT NULL,
    PRIMARY KEY (origin, replica, seq)
) STRICT, WITHOUT ROWID;

-- How many cards wait for a person, and the values people may still search by: corrected, replaced, or waiting on a card.
ALTER TABLE dossier ADD COLUMN cards INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dossier ADD COLUMN former TEXT NOT NULL DEFAULT '';
CREATE INDEX dossier_cards ON dossier (last_op) WHERE cards > 0;
