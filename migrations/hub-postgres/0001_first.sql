-- The hub's first tables, the same as in hub-sqlite. Every key begins with the agency, and a transaction touches one agency
-- and the row of `hub`. Times are milliseconds since 1970 by the hub's clock.
-- The four tables that grow with the work are in 16 parts by hash of the agency.

-- One row: what belongs to the hub as a whole. Numbers people see are counted here, by no sequence.
CREATE TABLE hub (
    one          BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    epoch        BIGINT NOT NULL, -- changes when the hub is restored from a backup
    next_desk    BIGINT NOT NULL,
    next_replica BIGINT NOT NULL,
    key_hash     BYTEA,           -- of the key desks know the hub by, once it is founded
    key          TEXT,            -- that key, where it is kept in no folder
    restored_at  BIGINT            -- when it was put back from a backup; empty once an administrator has seen what the desks sent again
);

INSERT INTO hub (one, epoch, next_desk, next_replica) VALUES (1, 1, 1, 1);

-- A commune or another office with desks. Whoever takes operations in holds its row until the commit, so that its feed is
-- counted by one at a time.
CREATE TABLE agency (
    agency    TEXT   NOT NULL PRIMARY KEY,
    feed_end  BIGINT NOT NULL DEFAULT 0, -- the last position of its feed
    roster    BIGINT NOT NULL DEFAULT 0, -- grows whenever its desks change
    forgotten BIGINT NOT NULL DEFAULT 0  -- how many dossiers were forgotten after their retention
);

-- A computer that is, or is to become, a desk of an agency.
CREATE TABLE desk (
    agency       TEXT   NOT NULL,
    desk         BIGINT NOT NULL, -- for the administrator; unique over all agencies
    name         TEXT   NOT NULL,
    code_hash    BYTEA  NOT NULL, -- of the one-time code's secret
    code_made_at BIGINT NOT NULL,
    failed_tries BIGINT NOT NULL DEFAULT 0,
    device       BYTEA,           -- Ed25519 public key, once enrolled
    label        TEXT   NOT NULL DEFAULT '',
    enrolled_at  BIGINT,
    revoked_at   BIGINT,
    stolen       BIGINT NOT NULL DEFAULT 0,
    heard_at     BIGINT, -- when all it has was heard, after the hub was put back from a backup
    volunteer    BIGINT NOT NULL DEFAULT 0, -- it hands in what it has, and hears of nobody else's
    PRIMARY KEY (agency, desk)
);

CREATE INDEX desk_by_code ON desk (code_hash);

-- Replica numbers and lanes given to a desk; the lowest number is in use, the others are its spares.
CREATE TABLE lease (
    agency  TEXT   NOT NULL,
    replica BIGINT NOT NULL, -- unique over all agencies, never given twice
    lane    BIGINT NOT NULL,
    desk    BIGINT NOT NULL,
    PRIMARY KEY (agency, replica)
);

CREATE INDEX lease_by_replica ON lease (replica);
CREATE INDEX lease_by_desk ON lease (agency, desk);

-- Every operation that was acknowledged, in the bytes it came in.
CREATE TABLE op (
    agency          TEXT   NOT NULL,
    replica         BIGINT NOT NULL,
    seq             BIGINT NOT NULL,
    public          BYTEA  NOT NULL,
    personal        BYTEA,           -- NULL where there is none or it was forgotten
    salt            BYTEA,
    head            BYTEA  NOT NULL, -- of the replica's chain, this operation included
    kind            BIGINT,          -- NULL where it cannot be read
    dossier_replica BIGINT,          -- the dossier concerned, as the operation that received it
    dossier_seq     BIGINT,
    set_aside       TEXT,            -- the reason it has no effect
    heard_at        BIGINT NOT NULL,
    position        BIGINT NOT NULL, -- in the order its agency's desks hear of each other's operations: 1, 2, 3 without gaps
    PRIMARY KEY (agency, replica, seq)
) PARTITION BY HASH (agency);

CREATE UNIQUE INDEX op_feed ON op (agency, position);
CREATE INDEX op_by_dossier ON op (agency, dossier_replica, dossier_seq) WHERE dossier_replica IS NOT NULL;
CREATE INDEX op_set_aside ON op (agency, replica, seq) WHERE set_aside IS NOT NULL;

-- The devices' own words on their logs, passed on unchanged; the head they name is op.head.
CREATE TABLE checkpoint (
    agency    TEXT   NOT NULL,
    replica   BIGINT NOT NULL,
    seq       BIGINT NOT NULL,
    signature BYTEA  NOT NULL,
    PRIMARY KEY (agency, replica, seq)
) PARTITION BY HASH (agency);

-- Dossiers, a fold of their operations. Nothing here names a person.
CREATE TABLE dossier (
    agency      TEXT   NOT NULL,
    replica     BIGINT NOT NULL, -- with seq: the operation that received it
    seq         BIGINT NOT NULL,
    code        TEXT   NOT NULL,
    alias       TEXT,            -- the newest official code
    state       BIGINT NOT NULL, -- the portal's number
    received_at TEXT   NOT NULL, -- local civil time of the desk
    PRIMARY KEY (agency, replica, seq)
) PARTITION BY HASH (agency);

CREATE UNIQUE INDEX dossier_by_code ON dossier (agency, code);

-- Dossiers whose persons' data was erased after their retention, by the operation that received each.
CREATE TABLE forgotten (
    agency       TEXT   NOT NULL,
    replica      BIGINT NOT NULL,
    seq          BIGINT NOT NULL,
    forgotten_at BIGINT NOT NULL, -- when the hub heard of it
    PRIMARY KEY (agency, replica, seq)
);

-- What writers had seen of each other: with its operation `seq`, `replica` had seen `other` up to `upto`. A row stands only where
-- that had grown; what holds at an operation is the last row not after it.
CREATE TABLE seen (
    agency  TEXT   NOT NULL,
    replica BIGINT NOT NULL,
    other   BIGINT NOT NULL,
    seq     BIGINT NOT NULL,
    upto    BIGINT NOT NULL,
    PRIMARY KEY (agency, replica, other, seq)
);

-- Stretches of logs that claim a time too far ahead of the hub's, and when it heard of them; of several the earliest holds. A
-- fold of the hub's own logs: `hub` and `seq` name the operation that says so.
CREATE TABLE clock_note (
    agency   TEXT   NOT NULL,
    hub      BIGINT NOT NULL,
    seq      BIGINT NOT NULL,
    replica  BIGINT NOT NULL,
    from_seq BIGINT NOT NULL,
    to_seq   BIGINT NOT NULL,
    noted_at BIGINT NOT NULL,
    PRIMARY KEY (agency, hub, seq)
);

CREATE INDEX clock_note_on ON clock_note (agency, replica, from_seq);

-- What is to reach systems beyond the hub, once for each operation that was really inserted.
CREATE TABLE outbox (
    agency  TEXT   NOT NULL,
    replica BIGINT NOT NULL,
    seq     BIGINT NOT NULL,
    effect  TEXT   NOT NULL,
    payload TEXT   NOT NULL, -- JSON
    made_at BIGINT NOT NULL,
    sent_at BIGINT,
    PRIMARY KEY (agency, replica, seq, effect)
) PARTITION BY HASH (agency);

CREATE INDEX outbox_waiting ON outbox (agency, made_at) WHERE sent_at IS NULL;

-- How far the newest backup holds each replica's log.
CREATE TABLE backed_up (
    agency  TEXT   NOT NULL,
    replica BIGINT NOT NULL,
    seq     BIGINT NOT NULL,
    PRIMARY KEY (agency, replica)
);

-- The parts.
CREATE TABLE op_00 PARTITION OF op FOR VALUES WITH (MODULUS 16, REMAINDER 0);
CREATE TABLE op_01 PARTITION OF op FOR VALUES WITH (MODULUS 16, REMAINDER 1);
CREATE TABLE op_02 PARTITION OF op FOR VALUES WITH (MODULUS 16, REMAINDER 2);
CREATE TABLE op_03 PARTITION OF op FOR VALUES WITH (MODULUS 16, REMAINDER 3);
CREATE TABLE op_04 PARTITION OF op FOR VALUES WITH (MODULUS 16, REMAINDER 4);
CREATE TABLE op_05 PARTITION OF op FOR VALUES WITH (MODULUS 16, REMAINDER 5);
CREATE TABLE op_06 PARTITION OF op FOR VALUES WITH (MODULUS 16, REMAINDER 6);
CREATE TABLE op_07 PARTITION OF op FOR VALUES WITH (MODULUS 16, REMAINDER 7);
CREATE TABLE op_08 PARTITION OF op FOR VALUES WITH (MODULUS 16, REMAINDER 8);
CREATE TABLE op_09 PARTITION OF op FOR VALUES WITH (MODULUS 16, REMAINDER 9);
CREATE TABLE op_10 PARTITION OF op FOR VALUES WITH (MODULUS 16, REMAINDER 10);
CREATE TABLE op_11 PARTITION OF op FOR VALUES WITH (MODULUS 16, REMAINDER 11);
CREATE TABLE op_12 PARTITION OF op FOR VALUES WITH (MODULUS 16, REMAINDER 12);
CREATE TABLE op_13 PARTITION OF op FOR VALUES WITH (MODULUS 16, REMAINDER 13);
CREATE TABLE op_14 PARTITION OF op FOR VALUES WITH (MODULUS 16, REMAINDER 14);
CREATE TABLE op_15 PARTITION OF op FOR VALUES WITH (MODULUS 16, REMAINDER 15);
CREATE TABLE checkpoint_00 PARTITION OF checkpoint FOR VALUES WITH (MODULUS 16, REMAINDER 0);
CREATE TABLE checkpoint_01 PARTITION OF checkpoint FOR VALUES WITH (MODULUS 16, REMAINDER 1);
CREATE TABLE checkpoint_02 PARTITION OF checkpoint FOR VALUES WITH (MODULUS 16, REMAINDER 2);
CREATE TABLE checkpoint_03 PARTITION OF checkpoint FOR VALUES WITH (MODULUS 16, REMAINDER 3);
CREATE TABLE checkpoint_04 PARTITION OF checkpoint FOR VALUES WITH (MODULUS 16, REMAINDER 4);
CREATE TABLE checkpoint_05 PARTITION OF checkpoint FOR VALUES WITH (MODULUS 16, REMAINDER 5);
CREATE TABLE checkpoint_06 PARTITION OF checkpoint FOR VALUES WITH (MODULUS 16, REMAINDER 6);
CREATE TABLE checkpoint_07 PARTITION OF checkpoint FOR VALUES WITH (MODULUS 16, REMAINDER 7);
CREATE TABLE checkpoint_08 PARTITION OF checkpoint FOR VALUES WITH (MODULUS 16, REMAINDER 8);
CREATE TABLE checkpoint_09 PARTITION OF checkpoint FOR VALUES WITH (MODULUS 16, REMAINDER 9);
CREATE TABLE checkpoint_10 PARTITION OF checkpoint FOR VALUES WITH (MODULUS 16, REMAINDER 10);
CREATE TABLE checkpoint_11 PARTITION OF checkpoint FOR VALUES WITH (MODULUS 16, REMAINDER 11);
CREATE TABLE checkpoint_12 PARTITION OF checkpoint FOR VALUES WITH (MODULUS 16, REMAINDER 12);
CREATE TABLE checkpoint_13 PARTITION OF checkpoint FOR VALUES WITH (MODULUS 16, REMAINDER 13);
CREATE TABLE checkpoint_14 PARTITION OF checkpoint FOR VALUES WITH (MODULUS 16, REMAINDER 14);
CREATE TABLE checkpoint_15 PARTITION OF checkpoint FOR VALUES WITH (MODULUS 16, REMAINDER 15);
CREATE TABLE dossier_00 PARTITION OF dossier FOR VALUES WITH (MODULUS 16, REMAINDER 0);
CREATE TABLE dossier_01 PARTITION OF dossier FOR VALUES WITH (MODULUS 16, REMAINDER 1);
CREATE TABLE dossier_02 PARTITION OF dossier FOR VALUES WITH (MODULUS 16, REMAINDER 2);
CREATE TABLE dossier_03 PARTITION OF dossier FOR VALUES WITH (MODULUS 16, REMAINDER 3);
CREATE TABLE dossier_04 PARTITION OF dossier FOR VALUES WITH (MODULUS 16, REMAINDER 4);
CREATE TABLE dossier_05 PARTITION OF dossier FOR VALUES WITH (MODULUS 16, REMAINDER 5);
CREATE TABLE dossier_06 PARTITION OF dossier FOR VALUES WITH (MODULUS 16, REMAINDER 6);
CREATE TABLE dossier_07 PARTITION OF dossier FOR VALUES WITH (MODULUS 16, REMAINDER 7);
CREATE TABLE dossier_08 PARTITION OF dossier FOR VALUES WITH (MODULUS 16, REMAINDER 8);
CREATE TABLE dossier_09 PARTITION OF dossier FOR VALUES WITH (MODULUS 16, REMAINDER 9);
CREATE TABLE dossier_10 PARTITION OF dossier FOR VALUES WITH (MODULUS 16, REMAINDER 10);
CREATE TABLE dossier_11 PARTITION OF dossier FOR VALUES WITH (MODULUS 16, REMAINDER 11);
CREATE TABLE dossier_12 PARTITION OF dossier FOR VALUES WITH (MODULUS 16, REMAINDER 12);
CREATE TABLE dossier_13 PARTITION OF dossier FOR VALUES WITH (MODULUS 16, REMAINDER 13);
CREATE TABLE dossier_14 PARTITION OF dossier FOR VALUES WITH (MODULUS 16, REMAINDER 14);
CREATE TABLE dossier_15 PARTITION OF dossier FOR VALUES WITH (MODULUS 16, REMAINDER 15);
CREATE TABLE outbox_00 PARTITION OF outbox FOR VALUES WITH (MODULUS 16, REMAINDER 0);
CREATE TABLE outbox_01 PARTITION OF outbox FOR VALUES WITH (MODULUS 16, REMAINDER 1);
CREATE TABLE outbox_02 PARTITION OF outbox FOR VALUES WITH (MODULUS 16, REMAINDER 2);
CREATE TABLE outbox_03 PARTITION OF outbox FOR VALUES WITH (MODULUS 16, REMAINDER 3);
CREATE TABLE outbox_04 PARTITION OF outbox FOR VALUES WITH (MODULUS 16, REMAINDER 4);
CREATE TABLE outbox_05 PARTITION OF outbox FOR VALUES WITH (MODULUS 16, REMAINDER 5);
CREATE TABLE outbox_06 PARTITION OF outbox FOR VALUES WITH (MODULUS 16, REMAINDER 6);
CREATE TABLE outbox_07 PARTITION OF outbox FOR VALUES WITH (MODULUS 16, REMAINDER 7);
CREATE TABLE outbox_08 PARTITION OF outbox FOR VALUES WITH (MODULUS 16, REMAINDER 8);
CREATE TABLE outbox_09 PARTITION OF outbox FOR VALUES WITH (MODULUS 16, REMAINDER 9);
CREATE TABLE outbox_10 PARTITION OF outbox FOR VALUES WITH (MODULUS 16, REMAINDER 10);
CREATE TABLE outbox_11 PARTITION OF outbox FOR VALUES WITH (MODULUS 16, REMAINDER 11);
CREATE TABLE outbox_12 PARTITION OF outbox FOR VALUES WITH (MODULUS 16, REMAINDER 12);
CREATE TABLE outbox_13 PARTITION OF outbox FOR VALUES WITH (MODULUS 16, REMAINDER 13);
CREATE TABLE outbox_14 PARTITION OF outbox FOR VALUES WITH (MODULUS 16, REMAINDER 14);
CREATE TABLE outbox_15 PARTITION OF outbox FOR VALUES WITH (MODULUS 16, REMAINDER 15);

-- Scanned papers that operations name. The bytes are files; `replica` is the first that named it.
CREATE TABLE scan (
    agency   TEXT    NOT NULL,
    hash     BYTEA    NOT NULL, -- BLAKE3
    replica  BIGINT NOT NULL, -- the first operation that named it
    seq      BIGINT NOT NULL,
    bytes    BIGINT NOT NULL,
    named    BIGINT NOT NULL, -- how many operations name it
    whole_at BIGINT,          -- when all of it was here
    lacked_at BIGINT,         -- when the desk that named it said that it has it no more
    PRIMARY KEY (agency, hash)
);

CREATE INDEX scan_lacking ON scan (agency, replica, bytes) WHERE whole_at IS NULL AND lacked_at IS NULL;
