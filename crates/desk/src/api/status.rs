//! How replication stands, in words: the pill, the page, a dossier's reason to wait, `motcua status`.

use super::neighbours::NeighbourView;
use super::{Desk, civil, hold, office_moment};
use crate::error::{Code, Error, Result};
use crate::store::dossiers::{self, DossierRow as Row};
use crate::store::ops::Origin;
use crate::store::settings::{self, Key};
use crate::store::{ops, scans};
use crate::sync::link::Flow;
use crate::sync::session::UNMEASURED_PACKING;
use crate::sync::trial::own_address;
use crate::texts::text;
use rusqlite::Connection;
use serde::Serialize;
use std::sync::atomic::Ordering;
use ts_rs::TS;

/// How replication stands, in words.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SyncView {
    /// Which face the pill shows.
    pub pill: Pill,
    /// Its words.
    pub text: String,
    /// More, for the page.
    pub detail: String,
    /// Why what waits is not sent, in a sentence, where there is a reason.
    pub why: Option<String>,
    /// Operations the province has not stored.
    pub waiting: u32,
    /// Dossiers with an operation among them.
    pub waiting_dossiers: u32,
    /// Scans the province has not whole.
    pub waiting_scans: u32,
    /// Scans that a bundle written now would carry.
    pub stick_scans: u32,
    /// Their bytes.
    #[ts(type = "number")]
    pub stick_scan_bytes: u64,
    /// Bytes all of that comes to on the line: operations by how well the last ones were packed, scans as they are.
    #[ts(type = "number")]
    pub waiting_bytes: u64,
    /// Minutes that takes at the speed measured last; `null` where nothing was measured, or nothing waits.
    pub minutes_left: Option<u32>,
    /// The same in words, "còn ~2 phút"; empty where it is not known.
    pub left_text: String,
    /// Bytes a second the line took when it was measured last.
    #[ts(type = "number | null")]
    pub bytes_a_second: Option<u64>,
    /// Whether to offer a stick: days have passed, or much waits, and it is on no stick yet.
    pub offers_stick: bool,
    /// What a bundle that is written now is best called.
    pub bundle_name: String,
    /// When what waits was put on a stick, RFC 3339, where all of it is on one.
    pub carried: Option<String>,
    /// Operations it has.
    pub acknowledged: u32,
    /// Dossiers with a card that waits for a person.
    pub review: u32,
    /// Whether this desk was enrolled.
    pub enrolled: bool,
    /// RFC 3339.
    pub last_success: Option<String>,
    /// RFC 3339.
    pub next_try: Option<String>,
    /// The hub's address.
    pub hub: Option<String>,
    /// Where backups go.
    pub backup_folder: String,
    /// When the last one was made, RFC 3339.
    pub last_backup: Option<String>,
    /// The commune's other desks that were met on its network since this one was opened.
    pub neighbours: Vec<NeighbourView>,
}

/// The pill's faces (experience: replication shown to people).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Pill {
    /// Not enrolled.
    None,
    /// Everything is at the province.
    AllSent,
    /// No link, nothing wrong.
    Offline,
    /// On its way.
    Sending,
    /// Waiting for days, or a great deal.
    Long,
    /// A person has to look.
    Attention,
    /// The computer itself has trouble.
    Trouble,
}

/// What waits longer than this, or is more than this, is worth a word and a stick.
const LONG_MS: i64 = 3 * 24 * 3_600_000;
const MANY: u64 = 50;

/// What the store knows about it.
struct Known {
    own: Vec<Origin>,
    agency: String,
    counter: String,
    hub: String,
    last: i64,
    copied_at: i64,
    carried_at: i64,
    /// Whether everything that waits is on a stick.
    all_carried: bool,
    dossiers: u64,
    scans: u64,
    scan_bytes: u64,
    to_carry: (u64, u64),
    record_bytes: u64,
    speed: Option<u64>,
    aside: u64,
    review: u64,
    oldest: Option<u64>,
    down: Option<Down>,
}

/// A link that fails: since when, own clock, and why.
struct Down {
    since: i64,
    why: String,
}

impl Down {
    fn read(connection: &Connection) -> Result<Option<Self>> {
        let since = settings::number(connection, Key::DownSince)?;
        Ok((since > 0).then_some(Self { since, why: settings::get(connection, Key::DownWhy)? }))
    }
}

impl Known {
    fn read(connection: &Connection, flow: &Flow) -> Result<Self> {
        let number = |key| settings::number(connection, key);
        let positive = |key| Ok::<_, Error>(u64::try_from(number(key)?).ok().filter(|value| *value > 0));
        let own = ops::all_own(connection)?;
        let (scans, mut scan_bytes) = scans::waiting(connection)?;
        for (hash, there) in &flow.scans {
            let noted = scans::of(connection, hash)?.map_or(*there, |scan| scan.there);
            scan_bytes = scan_bytes.saturating_sub(there.saturating_sub(noted));
        }
        let packing = positive(Key::Packing)?.unwrap_or(UNMEASURED_PACKING);
        let waits = own.iter().any(|origin| origin.last_seq > origin.acknowledged);
        Ok(Self {
            agency: settings::get(connection, Key::Agency)?,
            counter: settings::get(connection, Key::Counter)?,
            hub: settings::get(connection, Key::Hub)?,
            last: number(Key::LastSync)?,
            copied_at: number(Key::CopiedAt)?,
            carried_at: number(Key::CarriedAt)?,
            all_carried: waits && ops::last_waiting_row(connection)? <= number(Key::CarriedOp)?,
            dossiers: dossiers::count_unsent(connection)?,
            scans,
            scan_bytes,
            to_carry: scans::to_carry(connection)?,
            record_bytes: ops::waiting_bytes(connection)? * packing / 1000,
            speed: flow.bytes_a_second.or(positive(Key::LineSpeed)?),
            aside: ops::count_set_aside(connection)?,
            review: dossiers::count_review(connection)?,
            oldest: ops::oldest_waiting_ms(connection)?,
            down: Down::read(connection)?,
            own,
        })
    }
}

impl Known {
    /// Whoever finds the stick on a table knows whose it is, and two of a day do not overwrite each other.
    fn bundle_name(&self, now: i64) -> String {
        let at = civil(now);
        let (day, hour) = (at.date().to_string().replace('-', ""), format!("{:02}{:02}", at.hour(), at.minute()));
        format!("goi-{}-quay-{}-{day}-{hour}.mcxgoi", self.agency, self.counter)
    }
}

impl Desk {
    /// How replication stands.
    pub fn sync_status(&self) -> Result<SyncView> {
        let now = self.now_ms();
        let flow = hold(&self.flow).clone();
        let known = self.store.read(|connection| Known::read(connection, &flow))?;
        let enrolled = known.own.last().is_some_and(|origin| origin.replica.is_some()) && !known.hub.is_empty();
        let waiting: u64 = known.own.iter().map(|origin| origin.last_seq - origin.acknowledged).sum();
        let acknowledged: u64 = known.own.iter().map(|origin| origin.acknowledged).sum();
        let urgent = self.notices()?.into_iter().find(|notice| notice.urgent);
        let waits = known.oldest.map_or(0, |oldest| now - i64::try_from(oldest).unwrap_or(now));
        let is_long = waiting > 0 && !flow.open && (waits > LONG_MS || known.dossiers > MANY && known.down.is_some());
        let nothing = waiting == 0 && known.scans == 0;
        let pill = match () {
            () if urgent.is_some() => Pill::Trouble,
            () if known.aside > 0 || known.review > 0 => Pill::Attention,
            () if !enrolled => Pill::None,
            () if nothing && known.down.is_none() => Pill::AllSent,
            () if is_long => Pill::Long,
            () if known.down.is_some() => Pill::Offline,
            () => Pill::Sending,
        };
        let bytes = known.record_bytes + known.scan_bytes;
        let seconds = known.speed.map(|speed| bytes / speed).filter(|_| !nothing);
        let left_text = seconds.map(|seconds| self.left(seconds)).unwrap_or_default();
        let what = match () {
            () if known.dossiers > 0 => ("what_dossiers", known.dossiers),
            () if known.scans > 0 && waiting == 0 => ("what_scans", known.scans),
            () => ("what_operations", waiting),
        };
        let most = self.most_waiting.load(Ordering::Relaxed).max(known.dossiers);
        self.most_waiting.store(if nothing { 0 } else { most }, Ordering::Relaxed);
        let key = match pill {
            Pill::None => "pill_none",
            Pill::AllSent => "pill_all_sent",
            Pill::Offline if nothing => "pill_offline_all_sent",
            Pill::Offline => "pill_offline",
            Pill::Sending if !flow.open => "pill_waiting",
            Pill::Sending if known.dossiers == 0 => "pill_sending_rest",
            Pill::Sending => "pill_sending",
            Pill::Long if known.all_carried => "pill_carried",
            Pill::Long if waits > LONG_MS => "pill_long",
            Pill::Long => "pill_many",
            Pill::Attention if known.aside == 0 => "pill_review",
            Pill::Attention => "pill_attention",
            Pill::Trouble => "pill_trouble",
        };
        let said = |key: &str, params: &[(&'static str, String)]| text(self.language(), key, params);
        let or_dash = |ms: i64, of: &dyn Fn(i64) -> String| if ms > 0 { of(ms) } else { "–".to_owned() };
        let and_copy = match known.copied_at {
            0 => String::new(),
            at => format!(" {}", said("and_copy_at", &[("at", self.lately(at))])),
        };
        let trouble = urgent.as_ref().map(|notice| said(&format!("trouble_{}", notice.code), &[]));
        let params = [
            ("what", said(what.0, &[("count", what.1.to_string())])),
            ("sent", most.saturating_sub(known.dossiers).to_string()),
            ("of", most.to_string()),
            ("aside", known.aside.to_string()),
            ("review", known.review.to_string()),
            ("days", (waits / 86_400_000).to_string()),
            ("copy", and_copy),
            ("trouble", trouble.unwrap_or_default()),
            ("notice", urgent.map(|notice| notice.text).unwrap_or_default()),
            ("at", or_dash(known.last, &|at| self.lately(at))),
            ("carried", or_dash(known.carried_at, &|at| self.lately(at))),
        ];
        let words = said(key, &params);
        let small = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let next = i64::try_from(hold(&self.pace).next_ms()).unwrap_or(0);
        let moment = |ms: i64| (ms > 0).then(|| office_moment(ms));
        Ok(SyncView {
            pill,
            text: if pill == Pill::Sending && !left_text.is_empty() {
                format!("{words} · {left_text}")
            } else {
                words
            },
            detail: said(&format!("{key}_detail"), &params),
            why: if nothing || !enrolled { None } else { self.why(&known) },
            waiting: small(waiting),
            waiting_dossiers: small(known.dossiers),
            waiting_scans: small(known.scans),
            stick_scans: small(known.to_carry.0),
            stick_scan_bytes: known.to_carry.1,
            waiting_bytes: bytes,
            minutes_left: seconds.map(|seconds| small(seconds.div_ceil(60))),
            left_text,
            bytes_a_second: known.speed,
            offers_stick: enrolled && is_long && !known.all_carried,
            bundle_name: known.bundle_name(now),
            carried: known.all_carried.then(|| office_moment(known.carried_at)),
            acknowledged: small(acknowledged),
            review: small(known.review),
            enrolled,
            last_success: moment(known.last),
            next_try: (enrolled && !flow.open && next > now).then(|| office_moment(next)),
            hub: (!known.hub.is_empty()).then_some(known.hub),
            backup_folder: self.backup_folder()?.display().to_string(),
            last_backup: moment(known.copied_at),
            neighbours: self.neighbours(),
        })
    }

    /// "còn ~2 phút".
    fn left(&self, seconds: u64) -> String {
        let (key, count) = match seconds {
            0..60 => ("left_little", 0),
            60..6_000 => ("left_minutes", seconds.div_ceil(60)),
            _ => ("left_hours", seconds.div_ceil(3_600)),
        };
        text(self.language(), key, &[("count", count.to_string())])
    }

    /// A moment as short as it is clear: "08:15", or with its day where that is not today.
    fn lately(&self, ms: i64) -> String {
        let (at, now) = (civil(ms), civil(self.now_ms()));
        let hour = format!("{:02}:{:02}", at.hour(), at.minute());
        if at.date() == now.date() { hour } else { format!("{hour}, {:02}/{:02}", at.day(), at.month()) }
    }

    fn why(&self, known: &Known) -> Option<String> {
        let mut why = Vec::new();
        why.extend(known.down.as_ref().map(|down| self.down_words(down)));
        why.extend(known.all_carried.then(|| self.carried_words(known.carried_at)));
        (!why.is_empty()).then(|| why.join(" "))
    }

    fn down_words(&self, down: &Down) -> String {
        let reason = text(self.language(), &format!("why_{}", down.why), &[]);
        text(self.language(), "waits_down", &[("reason", reason), ("at", self.lately(down.since))])
    }

    fn carried_words(&self, at: i64) -> String {
        text(self.language(), "waits_carried", &[("at", self.lately(at))])
    }

    /// Why a dossier is not at the province, in a sentence; `None` where it is, and with effect.
    pub(super) fn waits(&self, connection: &Connection, row: &Row) -> Result<Option<String>> {
        let said = |key: &str, params: &[(&'static str, String)]| text(self.language(), key, params);
        if let Some(reason) = ops::aside_of(connection, row.at)? {
            return Ok(Some(said(&format!("set_aside_{reason}"), &[])));
        }
        let Some(waiting) = ops::waiting_of(connection, row.at)? else { return Ok(None) };
        if let Some(reason) = waiting.refused {
            let reason = said(&format!("refused_{reason}"), &[]);
            return Ok(Some(said("waits_refused", &[("reason", reason)])));
        }
        let number = |key| settings::number(connection, key);
        let enrolled = !settings::get(connection, Key::Hub)?.is_empty();
        let down = Down::read(connection)?;
        Ok(Some(match down {
            _ if !enrolled => said("waits_unenrolled", &[]),
            _ if waiting.last_row <= number(Key::CarriedOp)? => self.carried_words(number(Key::CarriedAt)?),
            Some(down) => self.down_words(&down),
            None if waiting.all_sent => said("waits_answer", &[]),
            None => match ops::dossiers_before(connection, waiting.first_row)? {
                0 => said("waits_turn", &[]),
                count => said("waits_behind", &[("count", count.to_string())]),
            },
        }))
    }

    /// Notes how an exchange with the hub ended, so that the pill says the same in the window and in the terminal.
    pub(super) fn note_link(&self, outcome: std::result::Result<(), &Error>) -> Result<()> {
        let since = self.store.read(|connection| settings::number(connection, Key::DownSince))?;
        let why = match outcome {
            Ok(()) if since == 0 => return Ok(()),
            Ok(()) => "",
            Err(error) => match reason(error.code()) {
                Some(why) => why,
                None => return Ok(()),
            },
        };
        if since > 0 && self.store.read(|connection| settings::get(connection, Key::DownWhy))? == why {
            return Ok(());
        }
        let since = match why {
            "" => 0,
            _ if since > 0 => since,
            _ => self.now_ms(),
        };
        self.store.write(|writing| {
            settings::set(writing, Key::DownWhy, why)?;
            settings::set(writing, Key::DownSince, &since.to_string())
        })?;
        Ok(())
    }
}

/// Why an exchange failed, as the end of the key of a sentence; `None` where the link has no part in it.
fn reason(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::HubUnreachable if own_address(None).is_none() => "no_network",
        Code::HubUnreachable => "hub_unreachable",
        Code::HubSilent => "hub_silent",
        Code::HubNotOurs => "hub_not_ours",
        Code::HubCertificateExpired => "hub_certificate_expired",
        Code::HubFailing => "hub_failing",
        Code::HubUnreadable => "hub_unreadable",
        Code::HubRefused => "hub_refused",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    #[test]
    fn every_reason_to_wait_has_its_words() {
        let reasons = Code::ALL.iter().filter_map(|code| reason(*code)).chain(["no_network", "hub_unreachable"]);
        let troubles =
            ["clock_went_back", "clock_slow", "clock_fast", "old_backup"].map(|code| format!("trouble_{code}"));
        let keys: Vec<String> = reasons.map(|reason| format!("why_{reason}")).chain(troubles).collect();
        assert!(keys.len() > 10);
        for (language, key) in
            [Language::Vietnamese, Language::English].iter().flat_map(|l| keys.iter().map(move |k| (l, k)))
        {
            assert_ne!(text(*language, key, &[]), *key, "{language:?}");
        }
    }
}
