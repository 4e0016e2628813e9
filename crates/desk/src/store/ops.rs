//! The log of operations: who wrote what, chained, with what each operation had seen.

use super::clocks::NOTED;
use super::{Change, Store, Writing, clocks, dossiers, not_received, officers, seen};
use crate::error::{Code, Error, Result};
use domain::dossier::{Entry, Hlc, Op, OpId, Seen, Stamp};
use protocol::chain::{self, Head};
use protocol::fields::{self, Content, Header};
use protocol::message::Relayed;
use protocol::op::{Encoded, MAX_PART, Malformed, Personal, Public, Seed};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// Times and numbers from here on do not fit a column; nothing honest comes near.
const LAST: u64 = 1 << 62;

/// A writer of operations as this store knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Row in this store.
    pub id: i64,
    /// Number leased by the hub, if any yet.
    pub replica: Option<u32>,
    /// Lane of dossier numbers; 0 while not enrolled.
    pub lane: u8,
    /// Its last operation here.
    pub last_seq: u64,
    /// The chain's head there.
    pub head: Head,
    /// Its last operation that has left this machine.
    pub sent: u64,
    /// Its last operation the hub has stored.
    pub acknowledged: u64,
    /// Its last operation that a backup of the hub holds.
    pub backed_up: u64,
    /// Whether this desk wrote it.
    pub is_own: bool,
    /// Why the hub takes nothing more of it; empty: it does.
    pub refused: String,
}

/// An operation's place in this store: the origin's row and the number there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct At {
    /// Row of `origin`.
    pub origin: i64,
    /// Number in its log.
    pub seq: u64,
}

pub(super) const ORIGIN: &str =
    "SELECT id, replica, lane, last_seq, head, sent, acknowledged, backed_up, refused, own FROM origin";

pub(super) fn origin(row: &Row<'_>) -> rusqlite::Result<Origin> {
    Ok(Origin {
        id: row.get(0)?,
        replica: row.get(1)?,
        lane: row.get(2)?,
        last_seq: row.get(3)?,
        head: row.get(4)?,
        sent: row.get(5)?,
        acknowledged: row.get(6)?,
        backed_up: row.get(7)?,
        refused: row.get(8)?,
        is_own: row.get(9)?,
    })
}

/// The origin this desk writes under: the newest of its own.
pub fn own(connection: &Connection) -> Result<Origin> {
    Ok(connection.query_row(&format!("{ORIGIN} WHERE own = 1 ORDER BY id DESC LIMIT 1"), [], origin)?)
}

/// All origins this desk has written under, oldest first.
pub fn all_own(connection: &Connection) -> Result<Vec<Origin>> {
    let mut statement = connection.prepare_cached(&format!("{ORIGIN} WHERE own = 1 ORDER BY id"))?;
    Ok(statement.query_map([], origin)?.collect::<rusqlite::Result<_>>()?)
}

/// The writer others know by a replica number.
pub fn origin_known_as(connection: &Connection, replica: u32) -> Result<Option<Origin>> {
    let mut statement = connection.prepare_cached(&format!("{ORIGIN} WHERE replica = ?1"))?;
    Ok(statement.query_row([replica], origin).optional()?)
}

/// Every origin, for verification.
pub fn origins(connection: &Connection) -> Result<Vec<Origin>> {
    let mut statement = connection.prepare_cached(&format!("{ORIGIN} ORDER BY id"))?;
    Ok(statement.query_map([], origin)?.collect::<rusqlite::Result<_>>()?)
}

/// The identity others know an operation by; the writer itself is replica 0 to a desk not yet enrolled.
pub(super) fn known_as(connection: &Connection, at: At) -> Result<OpId> {
    let mut statement = connection.prepare_cached("SELECT replica FROM origin WHERE id = ?1")?;
    let replica: Option<u32> = statement.query_row([at.origin], |row| row.get(0))?;
    Ok(OpId { replica: replica.unwrap_or(0), seq: at.seq })
}

/// Where an operation another desk names stands here; the origin's row is made if it is the first that is heard of it.
pub(super) fn located(writing: &mut Writing<'_>, id: OpId, writer: i64) -> Result<At> {
    if id.replica == 0 {
        return Ok(At { origin: writer, seq: id.seq });
    }
    Ok(At { origin: origin_of(writing, id.replica)?, seq: id.seq })
}

pub(super) fn origin_of(writing: &mut Writing<'_>, replica: u32) -> Result<i64> {
    writing
        .tx
        .prepare_cached("INSERT INTO origin (replica, head) VALUES (?1, ?2) ON CONFLICT (replica) DO NOTHING")?
        .execute(params![replica, chain::START])?;
    Ok(writing.tx.prepare_cached("SELECT id FROM origin WHERE replica = ?1")?.query_row([replica], |row| row.get(0))?)
}

/// Makes the origin a desk writes under from now on. Its log says anew what this desk has seen of all others.
pub fn begin_origin(writing: &mut Writing<'_>, replica: Option<u32>, lane: u8) -> Result<i64> {
    writing.tx.execute("UPDATE origin SET declared = 0", [])?;
    writing.tx.execute(
        "INSERT INTO origin (replica, own, lane, head) VALUES (?1, 1, ?2, ?3)",
        params![replica, lane, chain::START],
    )?;
    Ok(writing.tx.last_insert_rowid())
}

/// Gives the origin of a desk that was just enrolled its number and lane; not one operation is written anew for it.
pub fn enrol_origin(writing: &mut Writing<'_>, id: i64, replica: u32, lane: u8) -> Result<()> {
    let tx = writing.changed(Change::Sync);
    tx.execute("UPDATE origin SET replica = ?2, lane = ?3 WHERE id = ?1", params![id, replica, lane])?;
    Ok(())
}

/// Notes how far an own origin's log has got, by the hub's own word: a hub restored from yesterday holds less than it said then,
/// and is sent the rest again.
pub fn set_progress(writing: &mut Writing<'_>, id: i64, sent: u64, acknowledged: u64, backed_up: u64) -> Result<()> {
    let known = writing.tx.query_row(&format!("{ORIGIN} WHERE id = ?1"), [id], origin)?;
    if acknowledged != known.acknowledged {
        let head = head_after(&writing.tx, &known, acknowledged)?;
        writing.tx.execute(
            "UPDATE origin SET base_seq = ?2, base_head = ?3 WHERE id = ?1",
            params![id, acknowledged, head],
        )?;
    }
    let tx = writing.changed(Change::Sync);
    tx.execute(
        "UPDATE origin SET sent = max(sent, ?2), acknowledged = ?3, backed_up = ?4 WHERE id = ?1",
        params![id, sent, acknowledged, backed_up],
    )?;
    Ok(())
}

impl Writing<'_> {
    /// Appends an operation of this desk and refolds what it concerns. `dossier` is the dossier it belongs to, unless it
    /// begins one.
    pub fn append(&mut self, now_ms: u64, actor: Option<At>, dossier: Option<At>, content: &Content) -> Result<At> {
        let own = own(&self.tx)?;
        let seed = match dossier {
            Some(at) => seed_of(&self.tx, at)?,
            None => crate::keys::random()?,
        };
        let own_name = |id: OpId| if Some(id.replica) == own.replica { OpId { replica: 0, ..id } } else { id };
        let seen = |at: At| known_as(&self.tx, at).map(own_name);
        let content = &content.clone().named(own_name);
        let header = Header {
            hlc: last_hlc(&self.tx, &own, now_ms)?.next(now_ms),
            actor: actor.map(seen).transpose()?,
            dossier: dossier.map(seen).transpose()?,
            deps: newly_seen(&self.tx, own.id)?,
            was: None,
        };
        let encoded = fields::write(&header, content, &seed).map_err(|error| match error {
            Malformed::TooLong => Error::new(Code::TextTooLong).with("limit", MAX_PART / 4).because(error),
            error => Error::new(Code::Internal).because(error),
        })?;
        let at = At { origin: own.id, seq: own.last_seq + 1 };
        let public = encoded.open().map_err(|error| Error::new(Code::Internal).because(error))?;
        let kind = public.kind;
        let subject = dossier.or_else(|| (kind == fields::kind::RECEIVED).then_some(at));
        self.insert(at, &encoded, header.hlc, kind, subject, &own.head)?;
        seen::note(&self.tx, at, &public)?;
        self.tx
            .prepare_cached(
                "UPDATE origin SET declared = last_seq WHERE id <> ?1 AND replica IS NOT NULL AND declared < last_seq",
            )?
            .execute([own.id])?;
        self.changes.insert(Change::Sync);
        self.effect(at, subject, content)?;
        Ok(at)
    }

    /// Takes in an operation another replica wrote; the same one again changes nothing. Answers whether it was new.
    ///
    /// One that the hub has set aside, or that cannot be read here, is kept without effect, so that nothing blocks what follows.
    pub fn take_in(&mut self, relayed: Relayed) -> Result<bool> {
        let id = relayed.id();
        let encoded = Encoded::from(relayed.op);
        let origin_id = origin_of(self, id.replica)?;
        let (last_seq, head, is_own): (u64, Head, bool) = self
            .tx
            .prepare_cached("SELECT last_seq, head, own FROM origin WHERE id = ?1")?
            .query_row([origin_id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        if id.seq <= last_seq {
            return self.heard_again(At { origin: origin_id, seq: id.seq }, &encoded, relayed.set_aside.as_deref());
        }
        if id.seq > last_seq + 1 {
            return Err(Error::new(Code::HubUnreadable).because("the feed skipped an operation"));
        }
        let at = At { origin: origin_id, seq: id.seq };
        let opened =
            encoded.open().ok().filter(|public| public.hlc < LAST && public.dossier.is_none_or(|d| d.seq < LAST));
        let Some(public) = opened else {
            log::warn!("operation {}/{} is kept without effect: it cannot be read", id.replica, id.seq);
            self.insert(at, &encoded, Hlc(0), 0, None, &head)?;
            if let Ok(public) = Public::decode(&encoded.public) {
                seen::note(&self.tx, at, &public)?;
            }
            set_aside(self, at, relayed.set_aside.as_deref().unwrap_or("unreadable"))?;
            return Ok(true);
        };
        // A reception is of its own dossier, whatever else it claims.
        let subject = match public.dossier {
            _ if public.kind == fields::kind::RECEIVED => Some(at),
            Some(reference) => Some(located(self, reference.seen_from(id.replica), origin_id)?),
            None => None,
        };
        self.insert(at, &encoded, Hlc(public.hlc), public.kind, subject, &head)?;
        seen::note(&self.tx, at, &public)?;
        if let Some(reason) = relayed.set_aside {
            set_aside(self, at, &reason)?;
            // One of this desk's own, which comes back after a restore, has the effect here that it had.
            if !is_own {
                // It changes nothing, but where its dossier was forgotten it is erased as well.
                if let Some(subject) = subject {
                    dossiers::refold(self, subject)?;
                }
                return Ok(true);
            }
        }
        if let Some(note) = clocks::said(Some(id.replica), &public) {
            clocks::note(self, at, &note)?;
        }
        let personal = encoded.personal.as_ref().map(|personal| personal.bytes.as_slice());
        match fields::read(&public, personal) {
            Ok(content) => self.effect(at, subject, &content)?,
            // The operation stays in the log until a release understands it.
            Err(error) => log::warn!("operation {}/{} is kept without effect: {error}", id.replica, id.seq),
        }
        Ok(true)
    }

    /// An operation of another desk that is known here already, from a neighbour perhaps; the hub may have something to add.
    fn heard_again(&mut self, at: At, op: &Encoded, aside: Option<&str>) -> Result<bool> {
        let sql = "SELECT public = ?3, set_aside, dossier_origin, dossier_seq FROM op WHERE origin = ?1 AND seq = ?2";
        let known: (bool, String, Option<i64>, Option<u64>) =
            self.tx.prepare_cached(sql)?.query_row(params![at.origin, at.seq, op.public], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?;
        let (is_same, known_aside, origin, seq) = known;
        let Some(reason) = aside.filter(|reason| is_same && *reason != known_aside) else { return Ok(false) };
        set_aside(self, at, reason)?;
        not_received::drop(self, at)?;
        if let Some((origin, seq)) = origin.zip(seq) {
            dossiers::refold(self, At { origin, seq })?;
        }
        Ok(true)
    }

    pub(super) fn insert(
        &mut self,
        at: At,
        op: &Encoded,
        hlc: Hlc,
        kind: u16,
        subject: Option<At>,
        head: &Head,
    ) -> Result<()> {
        let (personal, salt) = op.personal.as_ref().map(|p| (&p.bytes, &p.salt)).unzip();
        self.tx
            .prepare_cached(
                "INSERT INTO op (origin, seq, hlc, kind, dossier_origin, dossier_seq, public, personal, salt)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?
            .execute(params![
                at.origin,
                at.seq,
                hlc.0,
                kind,
                subject.map(|s| s.origin),
                subject.map(|s| s.seq),
                op.public,
                personal,
                salt
            ])?;
        self.tx.prepare_cached("UPDATE origin SET last_seq = ?2, head = ?3 WHERE id = ?1")?.execute(params![
            at.origin,
            at.seq,
            chain::follow(head, &op.public)
        ])?;
        Ok(())
    }

    pub(super) fn effect(&mut self, at: At, subject: Option<At>, content: &Content) -> Result<()> {
        match (content, subject) {
            (Content::OfficerAdded { name, role }, _) => officers::add(self, at, name, *role),
            // From anybody but the hub it says nothing.
            (Content::ClockNoted(_), _) => Ok(()),
            (Content::NotReceived(visit), _) => not_received::add(self, at, visit),
            (Content::Dossier(_), Some(subject)) => dossiers::refold(self, subject),
            (Content::Dossier(_), None) => Ok(()),
            (Content::ShiftClosed(_) | Content::PaidIn(_), _) => {
                self.changes.insert(Change::Till);
                Ok(())
            }
        }
    }
}

/// The operations of a dossier, decoded, and what their authors had seen of each other. What cannot be read has no effect,
/// and is kept.
pub fn history(connection: &Connection, dossier: At) -> Result<(Vec<Entry>, Seen)> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT op.public, op.personal, op.origin, op.seq, origin.replica, {NOTED} FROM op JOIN origin ON origin.id = op.origin
         WHERE op.dossier_origin = ?1 AND op.dossier_seq = ?2 AND (origin.own = 1 OR op.set_aside = '')"
    ))?;
    let mut rows = statement.query(params![dossier.origin, dossier.seq])?;
    let (mut entries, mut origins) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let public: Vec<u8> = row.get(0)?;
        let personal: Option<Vec<u8>> = row.get(1)?;
        let replica: Option<u32> = row.get(4)?;
        let id = OpId { replica: replica.unwrap_or(0), seq: row.get(3)? };
        let Ok(public) = Public::decode(&public) else { continue };
        let actor = public.actor.map(|actor| actor.seen_from(id.replica));
        let stamp = Stamp { id, hlc: Hlc(public.hlc), noted_ms: row.get(5)?, actor };
        let op = match fields::read(&public, personal.as_deref()) {
            Ok(Content::Dossier(op)) => op,
            Ok(_) | Err(_) => Op::Unknown { kind: public.kind },
        };
        entries.push(Entry { stamp, op });
        origins.push((row.get(2)?, id));
    }
    let seen = seen::of(connection, &origins)?;
    Ok((entries, seen))
}

/// Operations of one origin from `first` on, as they are sent, until about `bytes` are together.
pub fn from(connection: &Connection, origin: i64, first: u64, bytes: usize) -> Result<Vec<Encoded>> {
    let mut statement = connection
        .prepare_cached("SELECT public, personal, salt FROM op WHERE origin = ?1 AND seq >= ?2 ORDER BY seq")?;
    let mut rows = statement.query(params![origin, first])?;
    let (mut ops, mut size) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let op = encoded(row)?;
        size += self::size(&op);
        ops.push(op);
        if size >= bytes {
            break;
        }
    }
    Ok(ops)
}

/// Bytes of an operation before packing.
pub fn size(op: &Encoded) -> usize {
    op.public.len() + op.personal.as_ref().map_or(0, |personal| personal.bytes.len() + 16)
}

/// The seed of a dossier, where its reception is here and has not been forgotten.
pub fn seed(connection: &Connection, dossier: OpId) -> Result<Option<Seed>> {
    let personal: Option<Vec<u8>> = connection
        .prepare_cached(
            "SELECT op.personal FROM origin JOIN op ON op.origin = origin.id WHERE origin.replica = ?1 AND op.seq = ?2",
        )?
        .query_row(params![dossier.replica, dossier.seq], |row| row.get(0))
        .optional()?
        .flatten();
    Ok(personal.and_then(|personal| fields::seed(&personal)))
}

/// The hash of the scan that an operation names, if it does.
pub fn scan(connection: &Connection, id: OpId) -> Result<Option<[u8; 32]>> {
    let named = connection
        .prepare_cached(
            "SELECT op.public, op.personal, op.salt FROM origin JOIN op ON op.origin = origin.id
             WHERE origin.replica = ?1 AND op.seq = ?2",
        )?
        .query_row(params![id.replica, id.seq], encoded)
        .optional()?;
    let content = named.and_then(|op| {
        let personal = op.personal.as_ref().map(|personal| personal.bytes.as_slice());
        fields::read(&op.open().ok()?, personal).ok()
    });
    Ok(match content {
        Some(Content::Dossier(Op::Attached { hash, .. })) => Some(hash.0),
        _ => None,
    })
}

/// The head of an origin's chain after its operation `seq`. Begins where a head is known, the hub's last acknowledgement.
pub fn head_after(connection: &Connection, origin: &Origin, seq: u64) -> Result<Head> {
    if seq == origin.last_seq {
        return Ok(origin.head);
    }
    let mut base =
        connection.prepare_cached("SELECT base_seq, base_head FROM origin WHERE id = ?1 AND base_seq <= ?2")?;
    let base: Option<(u64, Head)> =
        base.query_row(params![origin.id, seq], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let (after, mut head) = base.unwrap_or((0, chain::START));
    let mut statement =
        connection.prepare_cached("SELECT public FROM op WHERE origin = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq")?;
    let mut rows = statement.query(params![origin.id, after, seq])?;
    while let Some(row) = rows.next()? {
        head = chain::follow(&head, &row.get::<_, Vec<u8>>(0)?);
    }
    Ok(head)
}

/// Reads the columns `public, personal, salt`.
pub(super) fn encoded(row: &Row<'_>) -> rusqlite::Result<Encoded> {
    let personal: Option<Vec<u8>> = row.get(1)?;
    let salt: Option<[u8; 16]> = row.get(2)?;
    Ok(Encoded { public: row.get(0)?, personal: personal.zip(salt).map(|(bytes, salt)| Personal { bytes, salt }) })
}

pub(super) fn seed_of(connection: &Connection, dossier: At) -> Result<Seed> {
    let personal: Option<Vec<u8>> = connection
        .prepare_cached("SELECT personal FROM op WHERE origin = ?1 AND seq = ?2")?
        .query_row(params![dossier.origin, dossier.seq], |row| row.get(0))
        .optional()?
        .flatten();
    personal.and_then(|personal| fields::seed(&personal)).ok_or_else(|| Error::new(Code::DossierForgotten))
}

/// The desk's logical clock: past its own last operation, as far as that one is believed, and past what it has lately heard of others, as far as that is
/// believable against its own clock.
fn last_hlc(connection: &Connection, own: &Origin, now_ms: u64) -> Result<Hlc> {
    let mut mine = connection.prepare_cached(&format!(
        "SELECT min(hlc, ifnull({NOTED} << 16, hlc)) FROM op JOIN origin ON origin.id = op.origin
         WHERE op.origin = ?1 AND op.seq = ?2"
    ))?;
    let mine: Option<u64> = mine.query_row(params![own.id, own.last_seq], |row| row.get(0)).optional()?;
    let limit = (now_ms + Hlc::MAX_LEAD_MS) << 16;
    let mut heard = connection
        .prepare_cached("SELECT max(hlc) FROM (SELECT hlc FROM op ORDER BY id DESC LIMIT 64) WHERE hlc <= ?1")?;
    let heard: Option<u64> = heard.query_row([limit], |row| row.get(0))?;
    Ok(Hlc(mine.unwrap_or(0)).heard(Hlc(heard.unwrap_or(0)), now_ms))
}

fn newly_seen(connection: &Connection, own: i64) -> Result<Vec<OpId>> {
    let mut statement = connection.prepare_cached(
        "SELECT replica, last_seq FROM origin WHERE id <> ?1 AND replica IS NOT NULL AND last_seq > declared ORDER BY replica",
    )?;
    let rows = statement.query_map([own], |row| Ok(OpId { replica: row.get(0)?, seq: row.get(1)? }))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The last operation that is also outside this store: in a backup, or in a bundle on a stick.
pub fn last_copied(connection: &Connection) -> Result<i64> {
    use super::settings::{Key, number};
    Ok(number(connection, Key::CopiedOp)?.max(number(connection, Key::CarriedOp)?))
}

/// How far an operation has got, where `?3` is [`last_copied`]: 0 stored here alone, 1 on another computer, in a backup or on a
/// stick, 2 sent, 3 at the province.
pub const STEP: &str =
    "CASE WHEN op.seq <= origin.acknowledged THEN 3 WHEN origin.own = 1 AND op.seq <= origin.sent THEN 2
    WHEN origin.own = 0 OR op.seq <= origin.shared OR op.id <= ?3 THEN 1 ELSE 0 END";

/// How far one operation has got ([`STEP`]), and why
/// the hub set it aside, empty where it did not.
pub fn progress(connection: &Connection, id: OpId) -> Result<(u8, String)> {
    let copied = last_copied(connection)?;
    // CROSS JOIN: the few origins first. Left to itself the planner walks through the whole log.
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {STEP}, op.set_aside FROM origin CROSS JOIN op ON op.origin = origin.id
         WHERE ifnull(origin.replica, 0) = ?1 AND op.seq = ?2"
    ))?;
    let found =
        statement.query_row(params![id.replica, id.seq, copied], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(found.unwrap_or_default())
}

/// Notes why the hub takes nothing more of an origin.
pub fn refuse(writing: &mut Writing<'_>, id: i64, reason: &str) -> Result<()> {
    let tx = writing.changed(Change::Sync);
    tx.execute("UPDATE origin SET refused = ?2 WHERE id = ?1", params![id, reason])?;
    Ok(())
}

/// Notes why the hub set an operation aside.
pub fn set_aside(writing: &mut Writing<'_>, at: At, reason: &str) -> Result<()> {
    let tx = writing.changed(Change::Sync);
    tx.execute("UPDATE op SET set_aside = ?3 WHERE origin = ?1 AND seq = ?2", params![at.origin, at.seq, reason])?;
    Ok(())
}

/// How many operations a person has to look at: set aside by the hub, or of an origin it refuses.
pub fn count_set_aside(connection: &Connection) -> Result<u64> {
    let sql = "SELECT (SELECT count(*) FROM op JOIN origin ON origin.id = op.origin WHERE op.set_aside <> '' AND origin.own = 1)
             + (SELECT ifnull(sum(last_seq - acknowledged), 0) FROM origin WHERE refused <> '' AND own = 1)";
    Ok(connection.query_row(sql, [], |row| row.get(0))?)
}

/// When the oldest operation the hub lacks was written, milliseconds since 1970.
pub fn oldest_waiting_ms(connection: &Connection) -> Result<Option<u64>> {
    let mut statement = connection.prepare_cached(
        "SELECT min(op.hlc) FROM origin JOIN op ON op.origin = origin.id AND op.seq = origin.acknowledged + 1 WHERE origin.own = 1",
    )?;
    let hlc: Option<u64> = statement.query_row([], |row| row.get(0))?;
    Ok(hlc.map(|hlc| Hlc(hlc).millis()))
}

/// What of a dossier waits for the province.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingOf {
    /// Row of the first own operation the hub has not stored.
    pub first_row: i64,
    /// Row of the last one.
    pub last_row: i64,
    /// Whether all of them have gone out.
    pub all_sent: bool,
    /// Why the hub takes nothing of the log they stand in, where it does not.
    pub refused: Option<String>,
}

/// What of a dossier waits; `None` where nothing does.
pub fn waiting_of(connection: &Connection, dossier: At) -> Result<Option<WaitingOf>> {
    let mut statement = connection.prepare_cached(
        "SELECT min(op.id), max(op.id), min(op.seq <= origin.sent), max(origin.refused)
         FROM op JOIN origin ON origin.id = op.origin
         WHERE op.dossier_origin = ?1 AND op.dossier_seq = ?2 AND origin.own = 1 AND op.seq > origin.acknowledged",
    )?;
    let found = statement.query_row(params![dossier.origin, dossier.seq], |row| {
        let Some(first_row) = row.get(0)? else { return Ok(None) };
        let refused: String = row.get(3)?;
        let refused = (!refused.is_empty()).then_some(refused);
        Ok(Some(WaitingOf { first_row, last_row: row.get(1)?, all_sent: row.get(2)?, refused }))
    })?;
    Ok(found)
}

/// Why the hub set something of a dossier aside, where it did.
pub fn aside_of(connection: &Connection, dossier: At) -> Result<Option<String>> {
    let mut statement = connection.prepare_cached(
        "SELECT op.set_aside FROM op JOIN origin ON origin.id = op.origin
         WHERE op.dossier_origin = ?1 AND op.dossier_seq = ?2 AND origin.own = 1 AND op.set_aside <> '' LIMIT 1",
    )?;
    Ok(statement.query_row(params![dossier.origin, dossier.seq], |row| row.get(0)).optional()?)
}

/// How many dossiers have an operation that waits and was written before a row.
pub fn dossiers_before(connection: &Connection, row: i64) -> Result<u64> {
    let sql = "SELECT count(*) FROM (SELECT DISTINCT op.dossier_origin, op.dossier_seq FROM origin CROSS JOIN op
         ON op.origin = origin.id AND op.seq > origin.acknowledged
         WHERE origin.own = 1 AND op.dossier_seq IS NOT NULL AND op.id < ?1)";
    Ok(connection.prepare_cached(sql)?.query_row([row], |row| row.get(0))?)
}

/// Row number of the last own operation the hub has not stored, 0 for none.
pub fn last_waiting_row(connection: &Connection) -> Result<i64> {
    let sql =
        "SELECT ifnull(max(op.id), 0) FROM origin CROSS JOIN op ON op.origin = origin.id AND op.seq = origin.last_seq
         WHERE origin.own = 1 AND origin.last_seq > origin.acknowledged";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// Bytes, before packing, of what waits: the first few hundred operations are looked at, and the rest taken to be like them.
pub fn waiting_bytes(connection: &Connection) -> Result<u64> {
    let sql = "SELECT count(*), ifnull(sum(size), 0),
         (SELECT ifnull(sum(last_seq - acknowledged), 0) FROM origin WHERE own = 1 AND refused = '')
         FROM (SELECT length(public) + ifnull(length(personal) + 16, 0) AS size FROM origin CROSS JOIN op
               ON op.origin = origin.id AND op.seq > origin.acknowledged
               WHERE origin.own = 1 AND origin.refused = '' LIMIT 500)";
    let (looked_at, size, waiting): (u64, u64, u64) =
        connection.prepare_cached(sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(size * waiting / looked_at.max(1))
}

/// Row number of the latest operation, 0 for none.
pub fn last_row(connection: &Connection) -> Result<i64> {
    Ok(connection.query_row("SELECT ifnull(max(id), 0) FROM op", [], |row| row.get(0))?)
}

impl Store {
    /// How many operations of this desk the hub has not stored yet.
    pub fn waiting(&self) -> Result<u64> {
        self.read(|connection| {
            Ok(all_own(connection)?.iter().map(|origin| origin.last_seq - origin.acknowledged).sum())
        })
    }
}
