//! A computer at the counter: nobody logged in yet, or somebody. The window holds one of these.

use super::scan::{self, ScanView};
use super::{Clock, Desk, Sitter, civil, hold, officers::OfficerTile, setup};
use crate::error::{Code, Error, Result};
use crate::keys::{KeyFile, Unlock};
use crate::place::Place;
use crate::store::settings::{self, Key};
use crate::texts::{Language, Speech, text};
use protocol::fields::Role;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex};
use ts_rs::TS;

/// What the first screen needs.
#[derive(Serialize, TS)]
pub struct Opening {
    /// `empty`: show set-up; `locked`: show the officers; `open`: somebody is logged in.
    pub state: OpeningState,
    /// Commune, once somebody is logged in.
    pub commune: Option<String>,
    /// "Quầy số 2", likewise.
    pub counter: Option<String>,
    /// Whether this is a practice commune, likewise.
    pub practice: bool,
    /// The program's version.
    pub version: String,
    /// Who has a PIN here.
    pub officers: Vec<OfficerTile>,
    /// Who is logged in.
    pub session: Option<Session>,
    /// What somebody should know.
    pub notices: Vec<Notice>,
}

/// See [`Opening::state`].
#[derive(Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OpeningState {
    /// No desk was set up here.
    Empty,
    /// Nobody is logged in.
    Locked,
    /// Somebody is.
    Open,
}

/// Something to know, in words.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Notice {
    /// A code that stays the same.
    pub code: String,
    /// Its words.
    pub text: String,
    /// Whether a person has to do something.
    pub urgent: bool,
}

impl Notice {
    pub(super) fn new(language: Language, code: &str, params: &[(&'static str, String)], urgent: bool) -> Self {
        Self { code: code.to_owned(), text: text(language, &format!("notice_{code}"), params), urgent }
    }
}

/// Who is at the desk, and where.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Session {
    /// The officer.
    pub officer: OfficerTile,
    /// "Xã Bản Mẫu".
    pub commune: String,
    /// "Trung tâm Phục vụ hành chính công xã Bản Mẫu".
    pub centre: String,
    /// "Quầy số 2".
    pub counter: String,
    /// Agency code.
    pub agency: String,
    /// Whether every paper is marked as practice.
    pub practice: bool,
}

/// An officer's number and PIN.
#[derive(Deserialize, TS)]
pub struct LogIn {
    /// From the tile.
    #[ts(type = "number")]
    pub officer: i64,
    /// Six digits.
    pub pin: String,
}

/// A new PIN, with the recovery sheet as proof.
#[derive(Deserialize, TS)]
pub struct ResetPin {
    /// From the tile.
    #[ts(type = "number")]
    pub officer: i64,
    /// The key on the sheet, with or without its hyphens.
    pub recovery: String,
    /// Six digits.
    pub pin: String,
}

/// Which language to speak.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct Speak {
    /// `vi` or `en`.
    pub language: Spoken,
}

/// A language by its code.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Spoken {
    /// Tiếng Việt.
    Vi,
    /// English.
    En,
}

/// The computer.
pub struct Workplace {
    place: Place,
    clock: Clock,
    speech: Speech,
    desk: Mutex<Option<Arc<Desk>>>,
}

impl Workplace {
    /// A computer whose desk is at `place`, speaking `language`.
    pub fn new(place: Place, clock: Clock, language: Language) -> Self {
        Self { place, clock, speech: language.into(), desk: Mutex::new(None) }
    }

    /// The desk of whoever is logged in.
    pub fn desk(&self) -> Result<Arc<Desk>> {
        hold(&self.desk).clone().ok_or_else(|| Error::new(Code::Locked))
    }

    /// The language of its sentences.
    pub fn language(&self) -> Language {
        self.speech.now()
    }

    /// Speaks another language from now on, whoever is logged in.
    pub fn speak(&self, input: &Speak) {
        self.speech.set(match input.language {
            Spoken::Vi => Language::Vietnamese,
            Spoken::En => Language::English,
        });
    }

    /// What the first screen needs. Works without any key.
    pub fn opening(&self) -> Result<Opening> {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        if let Ok(desk) = self.desk() {
            let session = desk.session()?;
            return Ok(Opening {
                state: OpeningState::Open,
                commune: Some(session.commune.clone()),
                counter: Some(session.counter.clone()),
                practice: session.practice,
                version,
                officers: desk.officer_tiles()?,
                session: Some(session),
                notices: desk.notices()?,
            });
        }
        let empty = !self.place.is_set_up();
        let officers = if empty { Vec::new() } else { tiles(&KeyFile::read(&self.place)?) };
        Ok(Opening {
            state: if empty { OpeningState::Empty } else { OpeningState::Locked },
            commune: None,
            counter: None,
            practice: false,
            version,
            officers,
            session: None,
            notices: Vec::new(),
        })
    }

    /// Sets the desk up and logs its first officer in.
    pub fn set_up(&self, input: &setup::SetUp) -> Result<setup::SetUpDone> {
        let (desk, recovery) = setup::set_up(self.place.clone(), input, None, self.clock.clone(), self.speech.clone())?;
        let session = desk.session()?;
        *hold(&self.desk) = Some(Arc::new(desk));
        Ok(setup::SetUpDone { recovery_key: recovery.to_string(), session })
    }

    /// Logs an officer in.
    pub fn log_in(&self, input: &LogIn) -> Result<Session> {
        let mut keys = KeyFile::read(&self.place)?;
        let how = Unlock::Pin { officer: input.officer, pin: &input.pin };
        let key = keys.unlock(&how, &self.place, (self.clock)())?;
        let desk = Desk::open(
            self.place.clone(),
            keys,
            key,
            &Sitter::Id(input.officer),
            self.clock.clone(),
            self.speech.clone(),
        )?;
        let session = desk.session()?;
        *hold(&self.desk) = Some(Arc::new(desk));
        Ok(session)
    }

    /// Sets an officer's PIN anew with the recovery sheet, also on another machine, and logs them in.
    pub fn reset_pin(&self, input: &ResetPin) -> Result<Session> {
        setup::check_pin(&input.pin)?;
        let mut keys = KeyFile::read(&self.place)?;
        let key = keys.unlock(&Unlock::Recovery(&input.recovery), &self.place, (self.clock)())?;
        let sitter = Sitter::Id(input.officer);
        let desk = Desk::open(self.place.clone(), keys, key, &sitter, self.clock.clone(), self.speech.clone())?;
        desk.set_pin(&input.pin)?;
        let session = desk.session()?;
        *hold(&self.desk) = Some(Arc::new(desk));
        Ok(session)
    }

    /// What a scanner typed, or somebody pasted.
    pub fn read_text(&self, text: &str) -> Result<ScanView> {
        scan::text(self.language(), text, civil((self.clock)()).date())
    }

    /// A picture of a card: from a file dialogue, the clipboard or a drop.
    pub fn read_picture(&self, name: &str, base64: &str) -> Result<Vec<ScanView>> {
        let unreadable = || Error::new(Code::PictureUnreadable).with("file", name);
        let bytes = data_encoding::BASE64.decode(base64.as_bytes()).map_err(|error| unreadable().because(error))?;
        Ok(vec![scan::picture(self.language(), &bytes, name, civil((self.clock)()).date())?])
    }

    /// Logs out. What was typed stays as a draft.
    pub fn lock(&self) {
        let left = hold(&self.desk).take();
        if let Some(desk) = left
            && let Err(error) = desk.back_up_if_due(true)
        {
            log::error!("no backup on logging out: {error}");
        }
    }
}

fn tiles(keys: &KeyFile) -> Vec<OfficerTile> {
    keys.officers()
        .map(|(id, name, role)| OfficerTile {
            id,
            name: name.to_owned(),
            role: Role::from_number(role).unwrap_or(Role::OneStop).into(),
        })
        .collect()
}

impl Desk {
    pub(super) fn officer_tiles(&self) -> Result<Vec<OfficerTile>> {
        Ok(tiles(&hold(&self.keys)))
    }

    /// Who is at the desk, and where.
    pub fn session(&self) -> Result<Session> {
        self.store.read(|connection| {
            let get = |key| settings::get(connection, key);
            let commune = get(Key::Commune)?;
            let params = [("commune", super::words::in_sentence(&commune)), ("counter", get(Key::Counter)?)];
            Ok(Session {
                officer: OfficerTile::of(&self.officer),
                centre: text(Language::Vietnamese, "centre_name", &params),
                counter: text(self.language(), "counter_name", &params),
                commune,
                agency: get(Key::Agency)?,
                practice: get(Key::Practice)? == "yes",
            })
        })
    }

    /// What the officer should know before starting: the clock, the backup, the link.
    pub fn notices(&self) -> Result<Vec<Notice>> {
        let now = self.now_ms();
        self.store.read(|connection| {
            let number = |key| settings::number(connection, key);
            let mut notices = Vec::new();
            let (offset, last) = (number(Key::ClockOffset)?, number(Key::LastClock)?);
            if last - now > 2 * 60_000 {
                let params = [("last", super::words::moment(self.language(), civil(last)))];
                notices.push(Notice::new(self.language(), "clock_went_back", &params, true));
            } else if offset.abs() > 2 * 60_000 {
                let params = [("minutes", (offset.abs() / 60_000).to_string())];
                let code = if offset > 0 { "clock_slow" } else { "clock_fast" };
                notices.push(Notice::new(self.language(), code, &params, offset.abs() > 12 * 3_600_000));
            }
            let copied = number(Key::CopiedAt)?;
            let ops: i64 =
                connection.query_row("SELECT count(*) FROM (SELECT 1 FROM op LIMIT 2)", [], |row| row.get(0))?;
            if copied == 0 && ops > 1 {
                notices.push(Notice::new(self.language(), "no_backup", &[], false));
            } else if copied > 0 && now - copied > 24 * 3_600_000 {
                let params = [("at", super::words::moment(self.language(), civil(copied)))];
                notices.push(Notice::new(self.language(), "old_backup", &params, true));
            }
            Ok(notices)
        })
    }
}
