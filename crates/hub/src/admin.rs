//! What the hub's administrator asks for from a terminal. All of it works while the hub serves.

use crate::clock::local_time;
use crate::effects;
use crate::enrolment::{code_ends, code_hash, code_is_exhausted, draw_secret};
use crate::folder::{Folder, sync_folder};
use crate::store::desk::Desk;
use crate::store::{self, backed_up, desk, dossier, lease, op, whole};
use crate::{Error, Result};
use domain::code::AgencyCode;
use domain::dossier::OpId;
use protocol::enrolment::Code;
use protocol::message::Lease;
use rusqlite::Connection;
use rusqlite::backup::Backup;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Makes a place for a computer and gives its one-time code, which is kept nowhere.
pub fn add_desk(data: &Path, agency: &AgencyCode, name: &str, now: u64) -> Result<Code> {
    let name = domain::text::tidy(name);
    if name.is_empty() {
        return Err(Error::NoName);
    }
    let (_, identity, mut store) = Folder::found(data)?;
    let secret = draw_secret()?;
    store::write(&mut store, |door| {
        let number = whole::next_desk(door)?;
        Ok(desk::add(door, agency.as_str(), number, &name, &code_hash(secret), now)?)
    })?;
    Ok(Code { secret, hub: identity.key_hash() })
}

/// How a desk stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeskState {
    /// Its one-time code may be used.
    Waiting,
    /// Its one-time code was not used in time, or tried too often.
    CodeSpent,
    /// At work.
    Enrolled,
    /// Revoked; what it still sends is taken.
    Retired,
    /// Revoked; what it sends is set aside.
    Stolen,
}

impl DeskState {
    /// As it stands in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::CodeSpent => "code_spent",
            Self::Enrolled => "enrolled",
            Self::Retired => "retired",
            Self::Stolen => "stolen",
        }
    }

    fn of(desk: &Desk, now: u64) -> Self {
        match desk {
            _ if desk.revoked_at.is_some() && desk.stolen => Self::Stolen,
            _ if desk.revoked_at.is_some() => Self::Retired,
            _ if desk.device.is_some() => Self::Enrolled,
            _ if code_is_exhausted(desk) || now > code_ends(desk) => Self::CodeSpent,
            _ => Self::Waiting,
        }
    }
}

/// A line of the list of desks.
#[derive(Debug, Clone)]
pub struct DeskLine {
    /// The number `revoke` takes.
    pub desk: u32,
    /// Its agency.
    pub agency: String,
    /// The administrator's name for it.
    pub name: String,
    /// What it calls itself.
    pub label: String,
    /// How it stands.
    pub state: DeskState,
    /// When its code was made, milliseconds since 1970.
    pub made_at: u64,
    /// When it enrolled.
    pub enrolled_at: Option<u64>,
    /// When it was revoked.
    pub revoked_at: Option<u64>,
    /// Its replica numbers and lanes; the first was given for use, the others as spares.
    pub leases: Vec<Lease>,
}

/// All desks, by number.
pub fn desks(data: &Path, now: u64) -> Result<Vec<DeskLine>> {
    let (_, store) = Folder::open(data)?;
    let line = |desk: Desk| {
        Ok(DeskLine {
            state: DeskState::of(&desk, now),
            leases: lease::of_desk(&store, &desk.agency, desk.desk)?,
            desk: desk.desk,
            agency: desk.agency,
            name: desk.name,
            label: desk.label,
            made_at: desk.code_made_at,
            enrolled_at: desk.enrolled_at,
            revoked_at: desk.revoked_at,
        })
    };
    desk::all(&store)?.into_iter().map(line).collect()
}

/// Why a desk is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// Out of use: what it still sends is taken.
    Retired,
    /// In strange hands: all that arrives from now on is set aside.
    Stolen,
}

/// Revokes a desk and its unused code. Retiring what is revoked already changes nothing; a retired one may still turn out
/// stolen.
pub fn revoke_desk(data: &Path, number: u32, why: Revocation, now: u64) -> Result<()> {
    let (_, mut store) = Folder::open(data)?;
    store::write(&mut store, |door| {
        let desk = desk::by_number(door, number)?.ok_or(Error::NoDesk(number))?;
        match (desk.revoked_at, why) {
            (Some(_), Revocation::Retired) => Ok(()),
            (Some(_), Revocation::Stolen) if desk.stolen => Ok(()),
            (_, why) => Ok(desk::revoke(door, &desk, why == Revocation::Stolen, now)?),
        }
    })
}

/// A line of the list of dossiers: nothing that names a person.
#[derive(Debug, Clone)]
pub struct DossierLine {
    /// Its number; `None` where a reception that was set aside cannot be read.
    pub code: Option<String>,
    /// The newest official code.
    pub alias: Option<String>,
    /// The portal's number of its state; `None` where it was set aside.
    pub state: Option<u8>,
    /// When it was received, local civil time of the desk; `None` where it was set aside.
    pub received_at: Option<String>,
    /// The operation that received it.
    pub id: OpId,
    /// Why it has no effect, where it has none.
    pub set_aside: Option<String>,
}

/// An agency's dossiers by number, then the receptions that were set aside.
pub fn dossiers(data: &Path, agency: &AgencyCode) -> Result<Vec<DossierLine>> {
    let (_, store) = Folder::open(data)?;
    let in_force = dossier::all(&store, agency.as_str())?.into_iter().map(|row| DossierLine {
        code: Some(row.code),
        alias: row.alias,
        state: Some(row.state),
        received_at: Some(row.received_at),
        id: row.id,
        set_aside: None,
    });
    let set_aside =
        op::set_aside_receptions(&store, agency.as_str())?.into_iter().map(|(id, carried, reason)| DossierLine {
            code: effects::code_of(id, &carried).map(|code| code.as_str().to_owned()),
            alias: None,
            state: None,
            received_at: None,
            id,
            set_aside: Some(reason),
        });
    Ok(in_force.chain(set_aside).collect())
}

/// A backup that was made.
#[derive(Debug, Clone)]
pub struct BackupDone {
    /// Its file.
    pub file: PathBuf,
    /// Its size.
    pub bytes: u64,
}

/// Copies the store to a new file, checks the copy, and notes what it holds, so that desks learn it with their next
/// answer. The hub's key is not in it.
pub fn back_up(data: &Path, file: &Path) -> Result<BackupDone> {
    let (_, mut store) = Folder::open(data)?;
    let parent = match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    if file.exists() {
        return Err(Error::FileExists(file.to_owned()));
    }
    let copy = tempfile::NamedTempFile::new_in(parent).map_err(Error::folder(file))?.into_temp_path();
    let ends = copy_store(&store, &copy)?;
    File::open(&copy).and_then(|copy| copy.sync_all()).map_err(Error::folder(file))?;
    copy.persist_noclobber(file).map_err(|error| match error.error.kind() {
        std::io::ErrorKind::AlreadyExists => Error::FileExists(file.to_owned()),
        _ => Error::Folder { path: file.to_owned(), cause: error.error },
    })?;
    sync_folder(parent).map_err(Error::folder(parent))?;
    store::write(&mut store, |door| {
        for (agency, replica, seq) in &ends {
            backed_up::note(door, agency, *replica, *seq)?;
        }
        Ok(())
    })?;
    let bytes = fs::metadata(file).map_err(Error::folder(file))?.len();
    Ok(BackupDone { file: file.to_owned(), bytes })
}

/// Copies one consistent state in one step, which writers do not wait for, and says how far the copy holds each log.
fn copy_store(store: &Connection, to: &Path) -> Result<Vec<(String, u32, u64)>> {
    let mut copy = Connection::open(to)?;
    Backup::new(store, &mut copy)?.run_to_completion(i32::MAX, Duration::from_millis(50), None)?;
    // One file, with nothing beside it that could be forgotten.
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    let verdict: String = copy.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(Error::BadBackup);
    }
    let ends = backed_up::ends(&copy)?;
    copy.close().map_err(|(_, error)| error)?;
    Ok(ends)
}

/// A moment for a list, `2026-11-22T09:15:00+07:00`.
pub fn written(ms: u64) -> String {
    format!("{}+07:00", local_time(ms))
}
