//! "Try the link": which part of the way to the province fails, and what to do about it.

use super::{Desk, hold};
use crate::error::{Code, Error, Result};
use crate::store::settings::{self, Key};
use crate::sync::hub::Hub;
use crate::sync::trial::{Caller, Fault, HOP, Hop, Outcome, go};
use crate::texts::text;
use data_encoding::HEXLOWER;
use protocol::enrolment::KeyHash;
use serde::Serialize;
use ts_rs::TS;

/// A clock that is off by more than this is worth a word, milliseconds.
const CLOCK_MS: i64 = 2 * 60_000;

/// A trial of the link, while it goes on and after it.
#[derive(Debug, Clone, Default, Serialize, TS)]
pub struct Trial {
    /// Whether it still goes on.
    pub running: bool,
    /// Whether all hops were well; `null` while that is not known.
    pub well: Option<bool>,
    /// The hops, in order; none before the first trial.
    pub hops: Vec<HopRow>,
    /// What it comes to; empty while it goes on.
    pub text: String,
    /// What to do; empty where nothing is.
    pub r#do: String,
}

/// One hop.
#[derive(Debug, Clone, Serialize, TS)]
pub struct HopRow {
    /// A code that stays the same: `network`, `name`, `connection`, `key`, `answer`.
    pub hop: &'static str,
    /// Its name in words.
    pub name: String,
    /// What became of it.
    pub state: HopState,
    /// What was found; empty before.
    pub text: String,
    /// How long it took, milliseconds.
    pub ms: Option<u32>,
}

/// What became of a hop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum HopState {
    /// It was not reached.
    Waiting,
    /// It is being tried.
    Trying,
    /// It is well, or there was nothing to do.
    Well,
    /// It fails.
    Fails,
}

impl Desk {
    /// Tries the link and says of each hop what became of it. Nothing is sent but a hello; the open connection, if there is
    /// one, goes on undisturbed. A trial that goes on already is left alone.
    pub fn try_link(&self, said: &mut dyn FnMut(&HopRow)) -> Result<Trial> {
        let (address, key) = self
            .store
            .read(|connection| Ok((settings::get(connection, Key::Hub)?, settings::get(connection, Key::HubKey)?)))?;
        let key: Option<[u8; 12]> = HEXLOWER.decode(key.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        let key = key.filter(|_| !address.is_empty()).ok_or_else(|| Error::new(Code::NotEnrolled))?;
        // Its own, with a patience of its own: the desk's may be in use.
        let hub = Hub::patient(&address, KeyHash(key), HOP)?;
        {
            let mut trial = hold(&self.trial);
            if trial.running {
                return Ok(trial.clone());
            }
            let hops = Hop::ALL.map(|hop| self.hop_row(hop, HopState::Waiting, String::new(), None)).to_vec();
            *trial = Trial { running: true, hops, ..Trial::default() };
        }
        let mut fault = None;
        let clock = &|| self.now_ms();
        let caller = Caller { store: &self.store, scans: &self.scans, device: &self.device, clock };
        let ended = go(&hub, &caller, &mut |hop, outcome| {
            let row = self.row_of(hop, &outcome);
            if let Outcome::Failed(why) = outcome {
                fault = Some(why);
            }
            if row.state != HopState::Trying {
                said(&row);
            }
            if let Some(known) = hold(&self.trial).hops.iter_mut().find(|known| known.hop == row.hop) {
                *known = row;
            }
        });
        let (text, r#do) = match (&ended, &fault) {
            (Ok(Some(ahead)), _) => self.all_well(*ahead),
            (_, Some(fault)) => self.words_of(fault),
            _ => (String::new(), String::new()),
        };
        let mut trial = hold(&self.trial);
        (trial.running, trial.well, trial.text, trial.r#do) =
            (false, Some(fault.is_none() && ended.is_ok()), text, r#do);
        ended.map(|_| trial.clone())
    }

    /// The trial that goes on, or the last one.
    pub fn trial(&self) -> Result<Trial> {
        Ok(hold(&self.trial).clone())
    }

    fn row_of(&self, hop: Hop, outcome: &Outcome) -> HopRow {
        let said = |key: &str, params: &[(&'static str, String)]| text(self.language(), key, params);
        match outcome {
            Outcome::Begun => self.hop_row(hop, HopState::Trying, said("trial_trying", &[]), None),
            Outcome::NotNeeded => self.hop_row(hop, HopState::Well, said("trial_not_needed", &[]), None),
            Outcome::Passed(ms, address) => {
                let found = match address {
                    Some(address) => said("trial_at", &[("address", address.to_string())]),
                    None => said("trial_well", &[]),
                };
                self.hop_row(hop, HopState::Well, found, u32::try_from(*ms).ok())
            }
            Outcome::Failed(fault) => self.hop_row(hop, HopState::Fails, self.words_of(fault).0, None),
        }
    }

    fn hop_row(&self, hop: Hop, state: HopState, found: String, ms: Option<u32>) -> HopRow {
        let hop = code(hop);
        HopRow { hop, name: text(self.language(), &format!("trial_hop_{hop}"), &[]), state, text: found, ms }
    }

    fn all_well(&self, ahead_ms: i64) -> (String, String) {
        let minutes = [("minutes", (ahead_ms.abs() / 60_000).to_string())];
        let key = match ahead_ms {
            _ if ahead_ms.abs() <= CLOCK_MS => None,
            1.. => Some("trial_clock_slow"),
            _ => Some("trial_clock_fast"),
        };
        let clock = key.map(|key| text(self.language(), key, &minutes));
        (text(self.language(), "trial_all_well", &[]), clock.unwrap_or_default())
    }

    /// What happened, and what to do.
    fn words_of(&self, fault: &Fault) -> (String, String) {
        let language = self.language();
        let detail = match fault {
            Fault::Refuses(reason) => text(language, &format!("refused_{reason}"), &[]),
            Fault::Failing(status) => status.clone(),
            _ => String::new(),
        };
        let key = match fault {
            Fault::NoNetwork => "no_network",
            Fault::NameUnknown => "name_unknown",
            Fault::NameSilent => "name_silent",
            Fault::NothingServes => "nothing_serves",
            Fault::NotReached => "not_reached",
            Fault::OtherKey => "other_key",
            Fault::Expired => "expired",
            Fault::NotSecure => "not_secure",
            Fault::Silent => "silent",
            Fault::NoHub => "no_hub",
            Fault::Failing(_) => "failing",
            Fault::Refuses(_) => "refuses",
        };
        let params = [("detail", detail)];
        (text(language, &format!("trial_{key}"), &params), text(language, &format!("trial_{key}_do"), &params))
    }
}

fn code(hop: Hop) -> &'static str {
    match hop {
        Hop::Network => "network",
        Hop::Name => "name",
        Hop::Connection => "connection",
        Hop::Key => "key",
        Hop::Answer => "answer",
    }
}
