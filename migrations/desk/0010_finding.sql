-- Finding people again, and visits that ended without a dossier.

-- The applicant's name folded; where they live, folded and without words for "hamlet"; who handed the dossier in, folded, and
-- their number. By these a household's earlier dossiers and likely duplicates are found while somebody types.
ALTER TABLE dossier ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
ALTER TABLE dossier ADD COLUMN home TEXT NOT NULL DEFAULT '';
ALTER TABLE dossier ADD COLUMN submitter TEXT NOT NULL DEFAULT '';
ALTER TABLE dossier ADD COLUMN submitter_number TEXT NOT NULL DEFAULT '';
CREATE INDEX dossier_name ON dossier (name_key, received_at);
CREATE INDEX dossier_home ON dossier (home, received_at) WHERE home <> '';
CREATE INDEX dossier_submitter ON dossier (submitter_number, received_at) WHERE submitter_number <> '';
CREATE INDEX dossier_submitter_name ON dossier (submitter, received_at) WHERE submitter <> '';

-- The fold of operations of kind 25, one row a visit. `outcome` is its code; `missing` a line a paper; times are local civil time.
CREATE TABLE not_received (
    origin         INTEGER NOT NULL REFERENCES origin (id),
    seq            INTEGER NOT NULL,
    outcome        TEXT    NOT NULL,
    procedure_code TEXT    NOT NULL,
    procedure_name TEXT    NOT NULL,
    person         TEXT    NOT NULL DEFAULT '',
    address        TEXT    NOT NULL DEFAULT '',
    phone          TEXT    NOT NULL DEFAULT '',
    missing        TEXT    NOT NULL DEFAULT '',
    reason         TEXT    NOT NULL DEFAULT '',
    basis          TEXT    NOT NULL DEFAULT '',
    at             TEXT    NOT NULL,
    PRIMARY KEY (origin, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX not_received_at ON not_received (at);

-- The same index with single letters in it: "n" finds a Nguyễn as quickly as "ng". It is filled by the fold that follows.
DROP TABLE dossier_words;
CREATE VIRTUAL TABLE dossier_words USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'unicode61', prefix = '1 2 3'
);
