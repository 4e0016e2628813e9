//! Two copies of one desk have written under one number, and the hub knows the other one's log. What was written here moves, whole
//! and in its order, into the log of the identity this desk goes on with; each operation says where it stood first. Dossiers that
//! were received in it go on under numbers of the new lane: the other copy may have given theirs as well.

use super::ops::{self, At, Origin};
use super::settings::{self, Key};
use super::{Change, Store, Writing, dossiers, numbers, seen};
use crate::error::{Code, Error, Result};
use domain::dossier::{Hlc, Op, OpId};
use protocol::chain;
use protocol::fields::{self, Content, Header};
use protocol::op::{Encoded, Public};
use rusqlite::params;

/// An operation of the former log, understood.
struct Moved {
    seq: u64,
    public: Public,
    content: Content,
    /// Of a subject that it begins.
    seed: Option<protocol::op::Seed>,
}

impl Store {
    /// Moves what the hub refuses of former logs into the present one. Answers how many operations moved.
    pub(crate) fn rehome(&self, now_ms: u64) -> Result<u64> {
        let own = self.read(ops::own)?;
        let is_stuck = |origin: &Origin| !origin.refused.is_empty() && origin.acknowledged < origin.last_seq;
        let stuck: Vec<Origin> =
            self.read(ops::all_own)?.into_iter().filter(|origin| *origin != own && is_stuck(origin)).collect();
        let mut moved = 0;
        if own.replica.is_some() && own.refused.is_empty() {
            for former in stuck {
                moved += self.write(|writing| rehome(writing, &former, now_ms))?.0;
            }
        }
        Ok(moved)
    }
}

fn rehome(writing: &mut Writing<'_>, former: &Origin, now_ms: u64) -> Result<u64> {
    let Some(replica) = former.replica else { return Ok(0) };
    let after = former.acknowledged;
    let written = ops::from(&writing.tx, former.id, after + 1, usize::MAX)?;
    let understood: Option<Vec<Moved>> = (after + 1..).zip(&written).map(|(seq, op)| understood(seq, op)).collect();
    // What was forgotten, or written by a newer release, cannot be written again: it stays where it is, and a person is told.
    let Some(all) = understood else { return Ok(0) };
    let own = ops::own(&writing.tx)?;
    let shift = own.last_seq;
    // A former number becomes the new one; what stood before the two logs parted is known by its old name.
    let named = |id: OpId| match id {
        OpId { replica: 0, seq } if seq > after => OpId { replica: 0, seq: seq - after + shift },
        OpId { replica: 0, seq } => OpId { replica, seq },
        other => other,
    };
    let now_at = |seq: u64| At { origin: own.id, seq: seq - after + shift };
    for seq in after + 1..=former.last_seq {
        for table in ["officer", "reveal", "not_received"] {
            let sql = format!("UPDATE {table} SET origin = ?3, seq = ?4 WHERE origin = ?1 AND seq = ?2");
            let At { origin, seq: new } = now_at(seq);
            writing.tx.execute(&sql, params![former.id, seq, origin, new])?;
        }
    }
    let mut had_seen = seen::up_to(&writing.tx, former.id, after + 1)?;
    had_seen.push(OpId { replica, seq: after });
    let mut had_seen = Some(had_seen);
    drop_from(writing, former, after + 1)?;
    // The other copy's branch is heard from the beginning of the feed; what is held of others is not told again.
    settings::set(writing, Key::Cursor, "0")?;
    writing.tx.execute("UPDATE origin SET acknowledged = 0 WHERE own = 0", [])?;

    let (mut renumbered, count) = (Vec::new(), all.len() as u64);
    for op in all {
        let at = now_at(op.seq);
        let dossier =
            op.public.dossier.map(|reference| OpId { replica: reference.replica, seq: reference.seq }).map(named);
        let subject = dossier.map(|id| ops::located(writing, id, own.id)).transpose()?;
        let content = match op.content {
            Content::Dossier(Op::Received(mut received)) => {
                let fresh = numbers::mint(writing, &received.agency, received.at.date(), &[])?;
                renumbered.push((at, std::mem::replace(&mut received.code, fresh)));
                Content::Dossier(Op::Received(received))
            }
            other => other.named(named),
        };
        let header = Header {
            hlc: Hlc(op.public.hlc),
            actor: op.public.actor.map(|reference| named(OpId { replica: reference.replica, seq: reference.seq })),
            dossier,
            // The first says anew what its author had seen by then; each after it what was new, as it did.
            deps: had_seen.take().unwrap_or_else(|| {
                op.public.deps.iter().flatten().map(|seen| OpId { replica: seen.replica, seq: seen.seq }).collect()
            }),
            was: Some(OpId { replica, seq: op.seq }),
        };
        let seed = match (op.seed, subject) {
            (Some(seed), _) => seed,
            (None, Some(subject)) => ops::seed_of(&writing.tx, subject)?,
            (None, None) => return Err(Error::new(Code::Internal).because("an operation of nothing")),
        };
        let encoded =
            fields::write(&header, &content, &seed).map_err(|error| Error::new(Code::Internal).because(error))?;
        let public = encoded.open().map_err(|error| Error::new(Code::Internal).because(error))?;
        let subject = subject.or_else(|| (public.kind == fields::kind::RECEIVED).then_some(at));
        let head = ops::own(&writing.tx)?.head;
        writing.insert(at, &encoded, header.hlc, public.kind, subject, &head)?;
        seen::note(&writing.tx, at, &public)?;
        if let Content::Dossier(_) = content {
            writing.effect(at, subject, &content)?;
        }
    }
    for (dossier, printed) in renumbered {
        let content = Content::Dossier(Op::Renumbered { printed });
        writing.append(now_ms, None, Some(dossier), &content)?;
    }
    log::warn!("{count} operations of replica {replica} go on in the present log: the hub knows another copy's");
    Ok(count)
}

fn understood(seq: u64, op: &Encoded) -> Option<Moved> {
    let public = op.open().ok()?;
    let personal = op.personal.as_ref().map(|personal| personal.bytes.as_slice());
    if public.personal.is_some() && personal.is_none() {
        return None;
    }
    let content = fields::read(&public, personal).ok()?;
    let is_known = !matches!(content, Content::Dossier(Op::Unknown { .. }));
    is_known.then(|| Moved { seq, public, content, seed: personal.and_then(fields::seed) })
}

/// Lets go of a log from an operation on: the hub knows it otherwise.
pub(super) fn drop_from(writing: &mut Writing<'_>, origin: &Origin, first: u64) -> Result<()> {
    let kept = first - 1;
    let head = if kept == 0 { chain::START } else { ops::head_after(&writing.tx, origin, kept)? };
    let mut subjects = Vec::new();
    {
        let mut statement = writing.tx.prepare_cached(
            "SELECT DISTINCT dossier_origin, dossier_seq FROM op WHERE origin = ?1 AND seq >= ?2 AND dossier_seq IS NOT NULL",
        )?;
        for at in
            statement.query_map(params![origin.id, first], |row| Ok(At { origin: row.get(0)?, seq: row.get(1)? }))?
        {
            subjects.push(at?);
        }
    }
    for table in ["op", "seen", "vouched", "clock_note", "not_received"] {
        writing
            .tx
            .execute(&format!("DELETE FROM {table} WHERE origin = ?1 AND seq >= ?2"), params![origin.id, first])?;
    }
    writing.changed(Change::Sync).execute(
        "UPDATE origin SET last_seq = ?2, head = ?3, refused = '', acknowledged = min(acknowledged, ?2), sent = min(sent, ?2),
         shared = min(shared, ?2), declared = min(declared, ?2), base_seq = ?2, base_head = ?3 WHERE id = ?1",
        params![origin.id, kept, head],
    )?;
    subjects.into_iter().try_for_each(|at| dossiers::refold(writing, at))
}
