-- The hub's first tables, the same as in hub-postgres. Every key begins with the agency, and a transaction touches one agency
-- and the row of `hub`. Times are milliseconds since 1970 by the hub's clock.

-- One row: what belongs to the hub as a whole. Numbers people see are counted here, by no sequence.
CREATE TABLE hub (
    one          INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    epoch        INTEGER NOT NULL, -- changes when the hub is restored from a backup
    next_desk    INTEGER NOT NULL,
    next_replica INTEGER NOT NULL,
    key_hash     BLOB,             -- of the key desks know the hub by, once it is founded
    key          TEXT,             -- that key, where it is kept in no folder
    restored_at  INTEGER           -- when it was put back from a backup; empty once an administrator has seen what the desks sent again
) STRICT;

INSERT INTO hub (one, epoch, next_desk, next_replica) VALUES (1, 1, 1, 1);

-- A commune or another office with desks. Whoever takes operations in holds its row until the commit, so that its feed is
-- counted by one at a time.
CREATE TABLE agency (
    agency    TEXT    NOT NULL PRIMARY KEY,
    feed_end  INTEGER NOT NULL DEFAULT 0, -- the last position of its feed
    roster    INTEGER NOT NULL DEFAULT 0, -- grows whenever its desks change
    forgotten INTEGER NOT NULL DEFAULT 0  -- how many dossiers were forgotten after their retention
) STRICT;

-- A computer that is, or is to become, a desk of an agency.
CREATE TABLE desk (
    agency       TEXT    NOT NULL,
    desk         INTEGER NOT NULL, -- for the administrator; unique over all agencies
    name         TEXT    NOT NULL,
    code_hash    BLOB    NOT NULL, -- of the one-time code's secret
    code_made_at INTEGER NOT NULL,
    failed_tries INTEGER NOT NULL DEFAULT 0,
    device       BLOB,             -- Ed25519 public key, once enrolled
    label        TEXT    NOT NULL DEFAULT '',
    enrolled_at  INTEGER,
    revoked_at   INTEGER,
    stolen       INTEGER NOT NULL DEFAULT 0,
    heard_at     INTEGER, -- when all it has was heard, after the hub was put back from a backup
    volunteer    INTEGER NOT NULL DEFAULT 0, -- it hands in what it has, and hears of nobody else's
    PRIMARY KEY (agency, desk)
) STRICT;

CREATE INDEX desk_by_code ON desk (code_hash);

-- Replica numbers and lanes given to a desk; the lowest number is in use, the others are its spares.
CREATE TABLE lease (
    agency  TEXT    NOT NULL,
    replica INTEGER NOT NULL, -- unique over all agencies, never given twice
    lane    INTEGER NOT NULL,
    desk    INTEGER NOT NULL,
    PRIMARY KEY (agency, replica)
) STRICT;

CREATE INDEX lease_by_replica ON lease (replica);
CREATE INDEX lease_by_desk ON lease (agency, desk);

-- Every operation that was acknowledged, in the bytes it came in.
CREATE TABLE op (
    agency          TEXT    NOT NULL,
    replica         INTEGER NOT NULL,
    seq             INTEGER NOT NULL,
    public          BLOB    NOT NULL,
    personal        BLOB,             -- NULL where there is none or it was forgotten
    salt            BLOB,
    head            BLOB    NOT NULL, -- of the replica's chain, this operation included
    kind            INTEGER,          -- NULL where it cannot be read
    dossier_replica INTEGER,          -- the dossier concerned, as the operation that received it
    dossier_seq     INTEGER,
    set_aside       TEXT,             -- the reason it has no effect
    heard_at        INTEGER NOT NULL,
    position        INTEGER NOT NULL, -- in the order its agency's desks hear of each other's operations: 1, 2, 3 without gaps
    PRIMARY KEY (agency, replica, seq)
) STRICT;

CREATE UNIQUE INDEX op_feed ON op (agency, position);
CREATE INDEX op_by_dossier ON op (agency, dossier_replica, dossier_seq) WHERE dossier_replica IS NOT NULL;
CREATE INDEX op_set_aside ON op (agency, replica, seq) WHERE set_aside IS NOT NULL;

-- The devices' own words on their logs, passed on unchanged; the head they name is op.head.
CREATE TABLE checkpoint (
    agency    TEXT    NOT NULL,
    replica   INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    signature BLOB    NOT NULL,
    PRIMARY KEY (agency, replica, seq)
) STRICT, WITHOUT ROWID;

-- Dossiers, a fold of their operations. Nothing here names a person.
CREATE TABLE dossier (
    agency      TEXT    NOT NULL,
    replica     INTEGER NOT NULL, -- with seq: the operation that received it
    seq         INTEGER NOT NULL,
    code        TEXT    NOT NULL,
    alias       TEXT,             -- the newest official code
    state       INTEGER NOT NULL, -- the portal's number
    received_at TEXT    NOT NULL, -- local civil time of the desk
    PRIMARY KEY (agency, replica, seq)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX dossier_by_code ON dossier (agency, code);

-- Dossiers whose persons' data was erased after their retention, by the operation that received each.
CREATE TABLE forgotten (
    agency       TEXT    NOT NULL,
    replica      INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    forgotten_at INTEGER NOT NULL, -- when the hub heard of it
    PRIMARY KEY (agency, replica, seq)
) STRICT;

-- What writers had seen of each other: with its operation `seq`, `replica` had seen `other` up to `upto`. A row stands only where
-- that had grown; what holds at an operation is the last row not after it.
CREATE TABLE seen (
    agency  TEXT    NOT NULL,
    replica INTEGER NOT NULL,
    other   INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    upto    INTEGER NOT NULL,
    PRIMARY KEY (agency, replica, other, seq)
) STRICT;

-- Stretches of logs that claim a time too far ahead of the hub's, and when it heard of them; of several the earliest holds. A
-- fold of the hub's own logs: `hub` and `seq` name the operation that says so.
CREATE TABLE clock_note (
    agency   TEXT    NOT NULL,
    hub      INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    replica  INTEGER NOT NULL,
    from_seq INTEGER NOT NULL,
    to_seq   INTEGER NOT NULL,
    noted_at INTEGER NOT NULL,
    PRIMARY KEY (agency, hub, seq)
) STRICT;

CREATE INDEX clock_note_on ON clock_note (agency, replica, from_seq);

-- What is to reach systems beyond the hub, once for each operation that was really inserted.
CREATE TABLE outbox (
    agency  TEXT    NOT NULL,
    replica INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    effect  TEXT    NOT NULL,
    payload TEXT    NOT NULL, -- JSON
    made_at INTEGER NOT NULL,
    sent_at INTEGER,
    PRIMARY KEY (agency, replica, seq, effect)
) STRICT, WITHOUT ROWID;

CREATE INDEX outbox_waiting ON outbox (agency, made_at) WHERE sent_at IS NULL;

-- How far the newest backup holds each replica's log.
CREATE TABLE backed_up (
    agency  TEXT    NOT NULL,
    replica INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (agency, replica)
) STRICT;

-- Scanned papers that operations name. The bytes are files; `replica` is the first that named it.
CREATE TABLE scan (
    agency   TEXT    NOT NULL,
    hash     BLOB    NOT NULL, -- BLAKE3
    replica  INTEGER NOT NULL, -- the first operation that named it
    seq      INTEGER NOT NULL,
    bytes    INTEGER NOT NULL,
    named    INTEGER NOT NULL, -- how many operations name it
    whole_at INTEGER,          -- when all of it was here
    lacked_at INTEGER,         -- when the desk that named it said that it has it no more
    PRIMARY KEY (agency, hash)
) STRICT;

CREATE INDEX scan_lacking ON scan (agency, replica, bytes) WHERE whole_at IS NULL AND lacked_at IS NULL;
