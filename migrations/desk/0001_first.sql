-- The desk's store, first version. Released migrations are never edited; the next change is 0002.

-- A writer of operations. `replica` is the number the hub leased; it is empty while the desk has not been enrolled.
-- `refused` is why the hub takes nothing more of it (the log of a copied computer, say); its operations stay here and are not sent.
-- `declared` is how far this desk's own operations have said they had seen the writer (the base of the next deps).
CREATE TABLE origin (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    replica      INTEGER UNIQUE,
    own          INTEGER NOT NULL DEFAULT 0,
    lane         INTEGER NOT NULL DEFAULT 0,
    last_seq     INTEGER NOT NULL DEFAULT 0,
    head         BLOB    NOT NULL,
    declared     INTEGER NOT NULL DEFAULT 0,
    sent         INTEGER NOT NULL DEFAULT 0,
    acknowledged INTEGER NOT NULL DEFAULT 0,
    backed_up    INTEGER NOT NULL DEFAULT 0,
    refused      TEXT    NOT NULL DEFAULT ''
) STRICT;

-- The log. `public` and `personal` are the bytes of docs/adr/0002; `personal` and `salt` are set to NULL when they are forgotten.
-- `set_aside` is why the hub stored the operation without letting it take effect; empty: it did not.
-- `dossier_origin`, `dossier_seq` name the operation that received the dossier, also in that operation's own row.
CREATE TABLE op (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    origin         INTEGER NOT NULL REFERENCES origin (id),
    seq            INTEGER NOT NULL,
    hlc            INTEGER NOT NULL,
    kind           INTEGER NOT NULL,
    dossier_origin INTEGER REFERENCES origin (id),
    dossier_seq    INTEGER,
    public         BLOB    NOT NULL,
    personal       BLOB,
    salt           BLOB,
    set_aside      TEXT    NOT NULL DEFAULT '',
    UNIQUE (origin, seq)
) STRICT;
-- With the writer's number in it, so that how far a dossier has got on its way is read from the index alone.
CREATE INDEX op_of_dossier ON op (dossier_origin, dossier_seq, origin, seq) WHERE dossier_seq IS NOT NULL;
CREATE INDEX op_set_aside ON op (origin, seq) WHERE set_aside <> '';

-- The fold of the log, one row a dossier. Times are local civil time, UTC+7.
CREATE TABLE dossier (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    origin         INTEGER NOT NULL REFERENCES origin (id),
    seq            INTEGER NOT NULL,
    code           TEXT    NOT NULL,
    alias          TEXT    NOT NULL DEFAULT '',
    state          INTEGER NOT NULL,
    procedure_code TEXT    NOT NULL,
    procedure_name TEXT    NOT NULL,
    applicant      TEXT    NOT NULL,
    number         TEXT    NOT NULL DEFAULT '',
    born           TEXT    NOT NULL DEFAULT '',
    sex            INTEGER NOT NULL DEFAULT 0,
    address        TEXT    NOT NULL DEFAULT '',
    phone          TEXT    NOT NULL DEFAULT '',
    received_at    TEXT    NOT NULL,
    due_at         TEXT    NOT NULL DEFAULT '',
    last_op        INTEGER NOT NULL,
    UNIQUE (origin, seq)
) STRICT;
CREATE INDEX dossier_code ON dossier (code);
CREATE INDEX dossier_alias ON dossier (alias) WHERE alias <> '';
CREATE INDEX dossier_person ON dossier (number, received_at) WHERE number <> '';
CREATE INDEX dossier_received ON dossier (received_at);
CREATE INDEX dossier_due ON dossier (due_at) WHERE state < 9;
CREATE INDEX dossier_last_op ON dossier (last_op);

-- What people search by, folded (base letters, no marks); `rowid` is dossier.id. It keeps no text of its own.
CREATE VIRTUAL TABLE dossier_words USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'unicode61', prefix = '2 3'
);

-- How often a procedure was asked for at this desk's commune.
CREATE TABLE procedure_use (
    code  TEXT    PRIMARY KEY,
    times INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Catalogue versions imported here; the starter catalogue ships with the program.
CREATE TABLE procedure (
    code           TEXT    NOT NULL,
    effective_from TEXT    NOT NULL,
    body           TEXT    NOT NULL,
    imported_ms    INTEGER NOT NULL,
    PRIMARY KEY (code, effective_from)
) STRICT, WITHOUT ROWID;

CREATE TABLE officer (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    origin INTEGER NOT NULL REFERENCES origin (id),
    seq    INTEGER NOT NULL,
    name   TEXT    NOT NULL,
    role   INTEGER NOT NULL,
    UNIQUE (origin, seq)
) STRICT;

-- Intake in progress: this desk's own, no operation, gone when the dossier is received.
CREATE TABLE draft (
    id        TEXT    PRIMARY KEY,
    applicant TEXT    NOT NULL DEFAULT '',
    procedure TEXT    NOT NULL DEFAULT '',
    body      TEXT    NOT NULL,
    saved_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The last number given in a lane on a day.
CREATE TABLE day_number (
    day  TEXT    NOT NULL,
    lane INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (day, lane)
) STRICT, WITHOUT ROWID;

-- Each full view of a personal number, and by whom.
CREATE TABLE reveal (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms   INTEGER NOT NULL,
    officer INTEGER NOT NULL REFERENCES officer (id),
    dossier INTEGER NOT NULL REFERENCES dossier (id)
) STRICT;

CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
