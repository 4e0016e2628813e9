//! A desk of a simulated world: the real one on its own files, its machine's clock, and what was promised to people there.

use super::files::{Files, torn};
use super::line::Line;
use super::template::{BOTH, DATA, MACHINE, Original, place};
use super::{Broken, Checked};
use ::desk::api::{Clock, Desk, Sitter, safety};
use ::desk::error::{Code, Error};
use ::desk::keys::{DataKey, KeyFile};
use ::desk::store::ops::{self, Origin};
use ::desk::store::settings::{self, Key};
use ::desk::sync::session::Manner;
use ::desk::texts::Language;
use fastrand::Rng;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

const STORE: &str = "data/desk.db";
const MARK: &str = "mark.json";

/// What a copy of a desk's files was made of.
pub struct Copy {
    /// The files.
    pub files: Files,
    /// Codes of the dossiers that were received here by then.
    pub codes: BTreeSet<String>,
    /// Whether it is a backup of the product's own; otherwise the bare files.
    pub backup: Option<PathBuf>,
}

/// How the province stands to a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It takes what the desk sends.
    Good,
    /// It was retired: what it sends is taken, what others wrote is not for it.
    Retired,
    /// It was reported stolen: what it sends has no effect.
    Stolen,
}

/// How far a desk had got the last time it was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reached {
    /// The hub's epoch, as the desk knows it.
    pub epoch: i64,
    /// How far it has read the feed.
    pub cursor: i64,
    /// Its own logs.
    pub logs: Vec<Origin>,
}

/// A desk.
pub struct Seat {
    /// Its agency.
    pub agency: String,
    folder: PathBuf,
    key: DataKey,
    recovery: String,
    now: Arc<AtomicI64>,
    /// How far its clock is off, milliseconds.
    pub drift: Arc<AtomicI64>,
    at_work: Option<Desk>,
    /// Its open connection.
    pub line: Option<Line>,
    /// How its next connection begins.
    pub manner: Manner,
    /// Whether it speaks the first protocol alone.
    pub is_old: bool,
    /// Which machine's image it runs on: copies of a whole machine share one.
    pub machine: usize,
    /// Whether its machine was copied while it ran, or is such a copy.
    pub is_twin: bool,
    /// How the province stands to it.
    pub standing: Standing,
    /// Codes of the dossiers that were received here and are to be here still.
    pub codes: BTreeSet<String>,
    /// Every code that was ever said to somebody here.
    pub said: Vec<String>,
    /// Copies of its files.
    pub copies: Vec<Copy>,
    /// How far it had got.
    pub reached: Reached,
}

impl Seat {
    /// A desk as it was set up, in a folder of its own.
    pub fn new(
        folder: PathBuf,
        original: &Original,
        agency: &str,
        machine: usize,
        now: &Arc<AtomicI64>,
    ) -> Checked<Self> {
        original.files.put(&folder, &BOTH);
        let mut seat = Self {
            agency: agency.to_owned(),
            folder,
            key: original.key.clone(),
            recovery: original.recovery.clone(),
            now: Arc::clone(now),
            drift: Arc::default(),
            at_work: None,
            line: None,
            manner: Manner::default(),
            is_old: false,
            machine,
            is_twin: false,
            standing: Standing::Good,
            codes: BTreeSet::new(),
            said: Vec::new(),
            copies: Vec::new(),
            reached: Reached::default(),
        };
        seat.opens()?;
        Ok(seat)
    }

    /// The desk.
    pub fn desk(&self) -> &Desk {
        self.at_work.as_ref().expect("the desk is open")
    }

    /// A file of its own for something it writes.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn clock(&self) -> Clock {
        let (now, drift) = (Arc::clone(&self.now), Arc::clone(&self.drift));
        Arc::new(move || now.load(Ordering::SeqCst) + drift.load(Ordering::SeqCst))
    }

    /// Somebody sits down.
    pub fn opens(&mut self) -> Checked<()> {
        let place = place(&self.folder);
        let keys = unexpected("opening", KeyFile::read(&place))?;
        let desk = Desk::open(place, keys, self.key.clone(), &Sitter::First, self.clock(), Language::Vietnamese);
        self.at_work = Some(unexpected("opening", desk)?);
        Ok(())
    }

    fn closes(&mut self) {
        (self.line, self.at_work) = (None, None);
    }

    /// Its files as they are.
    pub fn files(&self) -> Files {
        Files::of(&self.folder, &BOTH)
    }

    /// Does something and loses its power on the way, or right after it: nobody hears what came of it.
    pub fn crashes(&mut self, rng: &mut Rng, doing: impl FnOnce(&mut Self) -> Checked<()>) -> Checked<()> {
        let before = self.files();
        doing(self)?;
        let after = self.files();
        self.closes();
        torn(&before, &after, STORE, MACHINE, MARK, rng).put(&self.folder, &BOTH);
        self.opens()
    }

    /// A copy of its files is kept: a backup of the product's own, or the bare files.
    pub fn is_copied(&mut self, as_backup: bool) -> Checked<()> {
        let backup = as_backup.then(|| self.file(&format!("backup-{}.mcxb", self.copies.len())));
        if let Some(file) = &backup {
            unexpected("a backup", self.desk().back_up_to(file))?;
        }
        let files = if as_backup { Files::default() } else { self.files() };
        self.copies.push(Copy { files, codes: self.codes.clone(), backup });
        Ok(())
    }

    /// A copy is put in the place of what the desk has; what the machine itself knows stays.
    pub fn is_restored(&mut self, number: usize) -> Checked<()> {
        let Some(copy) = self.copies.get(number) else { return Ok(()) };
        let (files, backup, codes) = (copy.files.below(DATA), copy.backup.clone(), copy.codes.clone());
        self.closes();
        match backup {
            Some(file) => {
                let how = ::desk::keys::Unlock::Recovery(&self.recovery);
                let (place, clock) = (place(&self.folder), self.clock());
                let desk = safety::restore(place, &file, &how, &Sitter::First, clock, Language::Vietnamese);
                self.at_work = Some(unexpected("a restore", desk)?);
            }
            None => {
                files.put(&self.folder, &[DATA]);
                self.opens()?;
            }
        }
        self.codes = codes;
        self.reached = self.reach();
        Ok(())
    }

    /// What only its machine knew of it is gone.
    pub fn machine_forgets(&self) {
        let mark = self.files().below(MACHINE).without(MARK);
        mark.put(&self.folder, &[MACHINE]);
    }

    /// A copy of its folder on another machine, or of its whole machine.
    pub fn is_cloned(&mut self, folder: PathBuf, machine: usize, whole: bool) -> Checked<Self> {
        let files = self.files();
        if whole { files } else { files.below(DATA) }.put(&folder, &BOTH);
        self.is_twin |= whole;
        let mut clone = Self {
            agency: self.agency.clone(),
            folder,
            key: self.key.clone(),
            recovery: self.recovery.clone(),
            now: Arc::clone(&self.now),
            drift: Arc::default(),
            at_work: None,
            line: None,
            manner: Manner::default(),
            is_old: self.is_old,
            machine: if whole { self.machine } else { machine },
            is_twin: self.is_twin && whole,
            standing: self.standing,
            codes: self.codes.clone(),
            said: Vec::new(),
            copies: Vec::new(),
            reached: Reached::default(),
        };
        clone.opens()?;
        clone.reached = clone.reach();
        Ok(clone)
    }

    /// How far it has got.
    pub fn reach(&self) -> Reached {
        let reached = self.desk().store().read(|connection| {
            Ok(Reached {
                epoch: settings::number(connection, Key::HubEpoch)?,
                cursor: settings::number(connection, Key::Cursor)?,
                logs: ops::all_own(connection)?,
            })
        });
        reached.expect("the store is read")
    }

    /// Whether it has a number from the hub and may speak under it.
    pub fn is_enrolled(&self) -> bool {
        let store = self.desk().store();
        let hub = store.read(|connection| settings::get(connection, Key::Hub)).expect("a setting");
        !hub.is_empty() && self.reach().logs.last().is_some_and(|log| log.replica.is_some())
    }

    /// The codes of the dossiers it shows, by the order they came in.
    pub fn shown(&self) -> Vec<String> {
        let read = self.desk().store().read(|connection| {
            let mut statement = connection.prepare("SELECT code FROM dossier ORDER BY id")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        });
        read.expect("the dossiers")
    }

    /// The key of its store.
    pub fn key(&self) -> &DataKey {
        &self.key
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// An error where there must be none.
pub fn unexpected<T>(doing: &str, result: Result<T, Error>) -> Checked<T> {
    result.map_err(|error| Broken::new("nothing fails that has no reason to", format!("{doing}: {error:?}")))
}

/// Whether an error is a refusal that a person reads and does otherwise.
pub fn is_a_refusal(error: &Error) -> bool {
    !matches!(
        error.code(),
        Code::Internal | Code::StoreDamaged | Code::StoreBusy | Code::StoreUnwritable | Code::StoreMissing
    ) && !matches!(error.code(), Code::KeysDamaged | Code::FileUnreadable | Code::FileUnwritable | Code::DiskFull)
}
