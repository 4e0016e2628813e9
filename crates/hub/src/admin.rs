//! What the hub's administrator asks for from a terminal. All of it works while the hub serves.

use crate::clock::local_time;
use crate::effects;
use crate::enrolment::{code_ends, code_hash, code_is_exhausted, draw_secret};
use crate::place::sync_folder;
use crate::store::desk::Desk;
use crate::store::{Fault, backed_up, copy, desk, dossier, feed, lease, op, whole};
use crate::{Error, Place, Result};
use domain::code::AgencyCode;
use domain::dossier::OpId;
use protocol::enrolment::Code;
use protocol::message::Lease;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Makes a place for a computer and gives its one-time code, which is kept nowhere.
pub fn add_desk(place: impl Into<Place>, agency: &AgencyCode, name: &str, now: u64) -> Result<Code> {
    added(&place.into(), agency, name, false, now)
}

/// The same for a volunteer's computer: it hands in what it has, and hears of nobody else's dossiers.
pub fn add_volunteers_desk(place: impl Into<Place>, agency: &AgencyCode, name: &str, now: u64) -> Result<Code> {
    added(&place.into(), agency, name, true, now)
}

fn added(place: &Place, agency: &AgencyCode, name: &str, is_volunteer: bool, now: u64) -> Result<Code> {
    let name = domain::text::tidy(name);
    if name.is_empty() {
        return Err(Error::NoName);
    }
    let (identity, mut store) = place.found()?;
    let secret = draw_secret()?;
    if store.read(whole::restored_at)?.is_some() {
        return Err(Error::Restored);
    }
    store.write(|door| {
        let desk = whole::next_desk(door)?;
        let new = desk::NewDesk { desk, name: &name, code_hash: &code_hash(secret), is_volunteer };
        desk::add(door, agency.as_str(), &new, now)
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
    /// When all it has was heard, after the hub was put back from a backup.
    pub heard_at: Option<u64>,
}

/// All desks, by number.
pub fn desks(place: impl Into<Place>, now: u64) -> Result<Vec<DeskLine>> {
    let mut store = place.into().open()?;
    store.read(|reader| {
        let line = |desk: Desk| {
            Ok(DeskLine {
                state: DeskState::of(&desk, now),
                leases: lease::of_desk(reader, &desk.agency, desk.desk)?,
                desk: desk.desk,
                agency: desk.agency,
                name: desk.name,
                label: desk.label,
                made_at: desk.code_made_at,
                enrolled_at: desk.enrolled_at,
                revoked_at: desk.revoked_at,
                heard_at: desk.heard_at,
            })
        };
        desk::all(reader)?.into_iter().map(line).collect()
    })
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
pub fn revoke_desk(place: impl Into<Place>, number: u32, why: Revocation, now: u64) -> Result<()> {
    let mut store = place.into().open()?;
    store.write(|door| {
        whole::take_turn(door)?;
        let desk = desk::by_number(door, number)?.ok_or(Error::NoDesk(number))?;
        // What is being taken in meanwhile is taken in; all that comes later finds the desk revoked.
        feed::hold(door, &desk.agency, 0)?;
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
pub fn dossiers(place: impl Into<Place>, agency: &AgencyCode) -> Result<Vec<DossierLine>> {
    let mut store = place.into().open()?;
    let agency = agency.as_str();
    let (in_force, set_aside) = store
        .read(|reader| Ok::<_, Fault>((dossier::all(reader, agency)?, op::set_aside_receptions(reader, agency)?)))?;
    let in_force = in_force.into_iter().map(|row| DossierLine {
        code: Some(row.code),
        alias: row.alias,
        state: Some(row.state),
        received_at: Some(row.received_at),
        id: row.id,
        set_aside: None,
    });
    let set_aside = set_aside.into_iter().map(|(id, carried, reason)| DossierLine {
        code: effects::code_of(id, &carried).map(|code| code.as_str().to_owned()),
        alias: None,
        state: None,
        received_at: None,
        id,
        set_aside: Some(reason),
    });
    Ok(in_force.chain(set_aside).collect())
}

/// A file that was written.
#[derive(Debug, Clone)]
pub struct Written {
    /// Its file.
    pub file: PathBuf,
    /// Its size.
    pub bytes: u64,
}

/// Copies the store to a new file, checks the copy, and notes what it holds, so that desks learn it with their next
/// answer. The file is an SQLite store, whichever engine the hub works with. The hub's key is not in it.
pub fn back_up(place: impl Into<Place>, file: &Path) -> Result<Written> {
    let mut store = place.into().open()?;
    let parent = match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    if file.exists() {
        return Err(Error::FileExists(file.to_owned()));
    }
    let copy = tempfile::NamedTempFile::new_in(parent).map_err(Error::folder(file))?.into_temp_path();
    let ends = copy::copy(&mut store, &copy)?;
    File::open(&copy).and_then(|copy| copy.sync_all()).map_err(Error::folder(file))?;
    copy.persist_noclobber(file).map_err(|error| match error.error.kind() {
        std::io::ErrorKind::AlreadyExists => Error::FileExists(file.to_owned()),
        _ => Error::Folder { path: file.to_owned(), cause: error.error },
    })?;
    sync_folder(parent).map_err(Error::folder(parent))?;
    store.write(|door| backed_up::note(door, &ends))?;
    let bytes = fs::metadata(file).map_err(Error::folder(file))?.len();
    Ok(Written { file: file.to_owned(), bytes })
}

/// A moment for a list, `2026-11-22T09:15:00+07:00`.
pub fn written(ms: u64) -> String {
    format!("{}+07:00", local_time(ms))
}
