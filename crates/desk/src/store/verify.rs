//! `motcua verify`: the log is chained as it says, its personal parts are the ones it was made with, and the tables are its fold.

use super::dossiers::{self, DossierRow};
use super::ops::{At, encoded, origins};
use super::{Store, clocks, not_received, others, roster, seen};
use crate::error::Result;
use protocol::chain::{self, Checkpoint, Head};
use protocol::op::Public;
use rusqlite::{Connection, OpenFlags};
use std::collections::{BTreeMap, BTreeSet};

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// Operations read.
    pub operations: u64,
    /// Dossiers folded and compared.
    pub dossiers: u64,
    /// What does not agree, by place: never with a person's data.
    pub faults: Vec<String>,
}

impl Store {
    /// Replays the whole log from its beginning and compares.
    pub fn verify(&self) -> Result<Verified> {
        // A connection of its own. FTS5 checks its index by the structure it remembers from this connection's last search,
        // and calls one that was written to since damaged.
        let mut connection = super::connection(self.path(), self.key(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let picture = connection.transaction()?;
        let mut verified = Verified::default();
        pages(&picture, &mut verified)?;
        log(&picture, &mut verified)?;
        folds(&picture, &mut verified)?;
        Ok(verified)
    }
}

fn pages(connection: &Connection, verified: &mut Verified) -> Result<()> {
    for check in ["PRAGMA cipher_integrity_check", "PRAGMA integrity_check(20)"] {
        let mut statement = connection.prepare(check)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let said: String = row.get(0)?;
            if said != "ok" {
                verified.faults.push(format!("pages: {said}"));
            }
        }
    }
    Ok(())
}

fn log(connection: &Connection, verified: &mut Verified) -> Result<()> {
    let roster = roster::held(connection)?;
    for origin in origins(connection)? {
        let mut words = others::words(connection, origin.id)?.into_iter().peekable();
        let author = match origin.replica {
            Some(replica) => roster::key_of(connection, roster.as_ref(), replica)?,
            None => None,
        };
        // An author's word on the log up to `seq`; one the roster does not name cannot be held against a key.
        let mut holds = |seq: u64, head: Head| {
            let word = words.next_if(|(at, _)| *at == seq).zip(author.as_ref()).zip(origin.replica);
            word.is_none_or(|(((_, signature), key), replica)| {
                Checkpoint { replica, seq, head, signature }.is_signed_by(key)
            })
        };
        let mut statement = connection.prepare_cached(
            "SELECT public, personal, salt, seq, hlc, kind, set_aside FROM op WHERE origin = ?1 ORDER BY seq",
        )?;
        let mut rows = statement.query([origin.id])?;
        let (mut head, mut expected) = (chain::START, 1u64);
        let (mut said, mut noted) = (BTreeSet::new(), BTreeMap::new());
        while let Some(row) = rows.next()? {
            let op = encoded(row)?;
            let (seq, hlc, kind): (u64, u64, u16) = (row.get(3)?, row.get(4)?, row.get(5)?);
            verified.operations += 1;
            if seq != expected {
                verified.faults.push(format!("writer {}: operation {expected} is missing", origin.id));
            }
            if let Ok(public) = Public::decode(&op.public) {
                said.extend(public.newly_seen().into_iter().map(|(replica, upto)| (replica, seq, upto)));
                let note = clocks::said(origin.replica, &public);
                noted.extend(note.map(|note| (seq, note)));
            }
            match op.open() {
                Ok(public) if public.hlc == hlc && public.kind == kind => {}
                Ok(_) => verified
                    .faults
                    .push(format!("writer {}: operation {seq}: columns differ from its bytes", origin.id)),
                // What the hub passed on as unreadable is kept as it came.
                Err(_) if !row.get::<_, String>(6)?.is_empty() => {}
                Err(error) => verified.faults.push(format!("writer {}: operation {seq}: {error}", origin.id)),
            }
            head = chain::follow(&head, &op.public);
            if !holds(seq, head) {
                verified.faults.push(format!("writer {}: operation {seq}: its author's word does not fit", origin.id));
            }
            expected = seq + 1;
        }
        if said != seen::rows(connection, origin.id)? {
            verified.faults.push(format!("writer {}: what it had seen differs from its log", origin.id));
        }
        if noted != clocks::rows(connection, origin.id)? {
            verified.faults.push(format!("writer {}: what it noted of clocks differs from its log", origin.id));
        }
        if head != origin.head || expected != origin.last_seq + 1 {
            verified.faults.push(format!("writer {}: the chain ends elsewhere than its head says", origin.id));
        }
    }
    Ok(())
}

fn folds(connection: &Connection, verified: &mut Verified) -> Result<()> {
    dossiers::all(connection, |row| {
        verified.dossiers += 1;
        let (id, at) = (row.id, row.at);
        match dossiers::load(connection, at)? {
            Some(dossier) if DossierRow::of(&dossier, id, at, row.last_op) == row => {}
            Some(_) => verified.faults.push(format!("dossier {id}: the table differs from the log")),
            None => verified.faults.push(format!("dossier {id}: the log does not receive it")),
        }
        Ok(())
    })?;
    let mut statement = connection.prepare_cached(
        "SELECT origin, seq FROM op WHERE dossier_origin = origin AND dossier_seq = seq
         AND set_aside = '' AND NOT EXISTS (SELECT 1 FROM dossier WHERE dossier.origin = op.origin AND dossier.seq = op.seq)",
    )?;
    for at in statement.query_map([], |row| Ok(At { origin: row.get(0)?, seq: row.get(1)? }))? {
        let at = at?;
        if dossiers::load(connection, at)?.is_some() {
            verified.faults.push(format!("writer {}: the dossier of operation {} has no row", at.origin, at.seq));
        }
    }
    if not_received::of_log(connection)? != not_received::all(connection)? {
        verified.faults.push("visits without a dossier: the table differs from the log".to_owned());
    }
    Ok(())
}
