//! An exchange with the hub without the line that carries it: what is to be said comes out as bytes, what has arrived goes in
//! and into the store. A TLS connection carries it ([`super::link`]), or a stick, or whatever a test makes of it.

use super::Round;
use super::session::{Heard, Manner, Session};
use crate::error::{Code, Error, Result};
use crate::store::scans::{self, Scans, Standing};
use crate::store::settings::{self, Key};
use crate::store::{Store, Writing, fetches, ops, others, roster};
use ed25519_dalek::SigningKey;
use protocol::enrolment::KeyHash;
use protocol::link::{Piece, Pieces, ScanHash, Stored};
use std::collections::BTreeMap;

/// What an exchange works on.
pub struct Desk<'d> {
    /// The store.
    pub store: &'d Store,
    /// The scans beside it.
    pub scans: &'d Scans,
    /// The device's key.
    pub device: &'d SigningKey,
    /// The computer's clock, milliseconds since 1970.
    pub now_ms: i64,
    /// Whether a person is at work: receipts must not wait behind scans.
    pub at_work: bool,
}

/// An exchange.
pub struct Exchange {
    pieces: Pieces,
    session: Session,
    /// Whether what it says is known to be of a hub that is no more.
    is_outdated: bool,
}

impl Exchange {
    /// Begins one.
    pub fn begin(desk: &Desk<'_>, hub: KeyHash, manner: Manner) -> Result<Self> {
        let session = Session::new(desk.store, desk.device, hub, manner, 0)?;
        Ok(Self { pieces: Pieces::default(), session, is_outdated: false })
    }

    /// One whose answers were carried here, perhaps for a long time.
    pub fn on_paper(desk: &Desk<'_>, hub: KeyHash) -> Result<Self> {
        let mut exchange = Self::begin(desk, hub, Manner::default())?;
        exchange.session.on_paper = true;
        Ok(exchange)
    }

    /// A neighbour may have brought scans that were asked for before they were here.
    pub fn look_again(&mut self, desk: &Desk<'_>) -> Result<()> {
        self.session.look_again(desk.store, desk.scans)
    }

    /// The next bytes to send; `None` while there are none, or enough is on its way. `now_ms` counts from the beginning.
    pub fn next(&mut self, desk: &Desk<'_>, now_ms: u64) -> Result<Option<Vec<u8>>> {
        self.session.next(desk.store, desk.scans, now_ms, desk.at_work)
    }

    /// Takes in bytes that have arrived, as far as they make whole pieces.
    ///
    /// # Errors
    /// The hub refuses or talks nonsense. The line is of no use any more.
    pub fn arrived(&mut self, bytes: &[u8], desk: &Desk<'_>, now_ms: u64, round: &mut Round) -> Result<()> {
        self.pieces.arrived(bytes);
        while let Some(piece) = self.pieces.take().map_err(|error| Error::new(Code::HubUnreadable).because(error))? {
            self.heard(piece, desk, now_ms, round)?;
        }
        Ok(())
    }

    /// Takes in one piece.
    pub fn heard(&mut self, piece: Piece, desk: &Desk<'_>, now_ms: u64, round: &mut Round) -> Result<()> {
        if self.is_outdated {
            return Ok(());
        }
        let known = desk.store.read(|connection| settings::number(connection, Key::HubEpoch))?;
        if let Piece::Welcome(welcome) = &piece {
            // The hub was put back from a backup since, and the desk has heard of it.
            self.is_outdated = self.session.on_paper && i64::from(welcome.epoch) < known;
            if self.is_outdated {
                return Ok(());
            }
        }
        match self.session.arrived(piece, desk.store, desk.scans, now_ms)? {
            Some(heard) => take_in(&mut self.session, heard, desk, round),
            None => Ok(()),
        }
    }

    /// What went out may have arrived although no answer came: it is shown as sent, not yet as received.
    pub fn note_sent(&self, desk: &Desk<'_>) -> Result<()> {
        let own = desk.store.read(ops::all_own)?;
        for (id, sent) in self.session.gone_out() {
            let Some(origin) = own.iter().find(|origin| origin.id == id && origin.sent < sent) else { continue };
            desk.store.write(|writing| ops::set_progress(writing, id, sent, origin.acknowledged, origin.backed_up))?;
        }
        let under_way = self.session.scans_under_way();
        if !under_way.is_empty() {
            desk.store.write(|writing| {
                learn(writing, &self.session)?;
                let mut scans = under_way.iter();
                scans.try_for_each(|(hash, there)| scans::set(writing, hash, *there, Standing::Waits))
            })?;
        }
        Ok(())
    }

    /// The scans that are under way, and how much of each has arrived.
    pub fn scans_under_way(&self) -> BTreeMap<ScanHash, u64> {
        self.session.scans_under_way()
    }

    /// The scan that comes because a person asked for it, and how much of it is here.
    pub fn fetched(&self) -> Option<(ScanHash, u64)> {
        self.session.fetched()
    }

    /// Bytes a second the line takes, once that is known.
    pub fn bytes_a_second(&self) -> Option<u64> {
        self.session.bytes_a_second()
    }

    /// Whether all is said, as far as is known.
    pub fn is_quiet(&self) -> bool {
        self.session.is_quiet()
    }

    /// Whether an answer is so long overdue that the line counts as dead. `patience_ms` is what a person has.
    pub fn is_dead(&self, now_ms: u64, patience_ms: u64) -> bool {
        self.session.is_dead(now_ms, patience_ms)
    }

    /// Asks the hub whether there is more. It answers when it has said all.
    pub fn ask(&mut self) {
        self.session.ask();
    }

    /// The same, after a connection that was cut when it had carried so many bytes.
    pub fn after_a_cut(mut self, cut_after: Option<u64>) -> Self {
        self.session = self.session.after_a_cut(cut_after);
        self
    }

    /// How many bytes were carried, where the connection ends in the middle of something.
    pub fn cut_after(&self) -> Option<u64> {
        self.session.cut_after()
    }

    /// Whether something that was sent was answered.
    pub fn was_of_use(&self) -> bool {
        self.session.was_of_use()
    }
}

/// Stores what was heard.
fn take_in(session: &mut Session, heard: Heard, desk: &Desk<'_>, round: &mut Round) -> Result<()> {
    let now_ms = desk.now_ms;
    let ((), changes) = match heard {
        Heard::Welcome(welcome) => {
            let own = desk.store.read(ops::own)?;
            let of_own = welcome.stored.iter().find(|stored| Some(stored.replica) == own.replica);
            // After a restore the hub holds operations of this identity that this database lacks.
            let behind = of_own.is_some_and(|stored| stored.seq > own.last_seq);
            round.superseded |= behind;
            desk.store.write(|writing| {
                let epoch = u32::try_from(settings::number(writing.reading(), Key::HubEpoch)?).unwrap_or(0);
                // What the hub held when a file was written is not what it holds now, unless another epoch began since.
                let is_late = session.on_paper && welcome.epoch == epoch;
                for stored in welcome.stored.iter().filter(|_| !is_late) {
                    hub_has(writing, stored)?;
                }
                if welcome.epoch != epoch {
                    settings::set(writing, Key::Cursor, "0")?;
                }
                settings::set(writing, Key::HubEpoch, &welcome.epoch.to_string())?;
                if session.on_paper {
                    // It says what time it was when the file was written.
                    return Ok(());
                }
                settings::set(writing, Key::LastSync, &now_ms.to_string())?;
                let offset = i64::try_from(welcome.time_ms).unwrap_or(now_ms).saturating_sub(now_ms);
                settings::set(writing, Key::ClockOffset, &offset.to_string())
            })?
        }
        Heard::Stored { origin, verified, stored } => {
            let all = desk.store.read(ops::origins)?;
            let Some(known) = all.into_iter().find(|known| known.id == origin) else { return Ok(()) };
            let seq = verified.max(known.acknowledged);
            let written = desk.store.write(|writing| {
                if stored.compared.is_none() && stored.refused.is_none() {
                    return if session.on_paper { Ok(()) } else { hub_has(writing, &stored) };
                }
                for aside in stored.set_aside.iter().flatten() {
                    ops::set_aside(writing, ops::At { origin, seq: aside.seq }, &aside.reason)?;
                }
                if let Some(reason) = &stored.refused {
                    ops::refuse(writing, origin, reason)?;
                }
                let backed_up = stored.backed_up.unwrap_or(known.backed_up);
                ops::set_progress(writing, origin, seq, seq, backed_up)?;
                learn(writing, session)?;
                if let Some(word) = &stored.word {
                    others::keep_word(writing, origin, verified, word)?;
                }
                settings::set(writing, Key::LastSync, &now_ms.to_string())
            })?;
            round.acknowledged += seq - known.acknowledged;
            if let Some(reason) = stored.refused.filter(|_| known.is_own) {
                round.changes.extend(written.1);
                return Err(Error::new(Code::HubRefused).with("reason", reason));
            }
            written
        }
        Heard::Roster(brought) => desk.store.write(|writing| {
            roster::keep(writing, &brought, &session.hub())?;
            Ok(())
        })?,
        Heard::Feed { ops: heard, vouched, from, cursor } => {
            let written = desk.store.write(|writing| {
                // What stands between is told again when it is asked for.
                let read = u64::try_from(settings::number(writing.reading(), Key::Cursor)?).unwrap_or(0);
                if from.is_none_or(|from| from > read) {
                    return Ok(());
                }
                for op in heard {
                    round.received += u64::from(others::take_in_from_hub(writing, op)?);
                }
                let roster = roster::held(writing.reading())?;
                for vouched in vouched {
                    roster::vouch(writing, roster.as_ref(), &vouched)?;
                }
                // What an older database lacks of its own identity is read again under the next one.
                if !round.superseded {
                    settings::set(writing, Key::Cursor, &cursor.max(read).to_string())?;
                }
                settings::set(writing, Key::LastSync, &now_ms.to_string())
            })?;
            session.has_read(cursor);
            written
        }
        Heard::Fetched { hash, is_here: true } => desk.store.write(|writing| fetches::has_come(writing, &hash))?,
        Heard::Fetched { hash, is_here: false } => desk.store.write(|writing| fetches::is_lacked(writing, &hash))?,
        Heard::Scan { hash, there, standing } => {
            let known = desk.store.read(|connection| scans::of(connection, &hash))?;
            if known.is_none_or(|known| (known.there, known.standing) == (there, standing)) {
                return Ok(());
            }
            desk.store.write(|writing| {
                learn(writing, session)?;
                scans::set(writing, &hash, there, standing)
            })?
        }
    };
    round.changes.extend(changes);
    Ok(())
}

/// Keeps what was measured, for the next time the desk is asked how long sending takes.
fn learn(writing: &mut Writing<'_>, session: &Session) -> Result<()> {
    for (key, measured) in [(Key::LineSpeed, session.bytes_a_second()), (Key::Packing, session.packing())] {
        if let Some(measured) = measured {
            settings::set(writing, key, &measured.to_string())?;
        }
    }
    Ok(())
}

/// Notes how far the hub holds a log. What it holds of this desk's own beyond what was acknowledged is acknowledged when it has
/// compared it.
fn hub_has(writing: &mut Writing<'_>, stored: &Stored) -> Result<()> {
    let Some(origin) = ops::origin_known_as(writing.reading(), stored.replica)? else { return Ok(()) };
    let most = if origin.is_own { origin.acknowledged } else { origin.last_seq };
    let backed_up = stored.backed_up.unwrap_or(origin.backed_up);
    ops::set_progress(writing, origin.id, origin.sent, stored.seq.min(most), backed_up)?;
    match &stored.refused {
        Some(reason) => ops::refuse(writing, origin.id, reason),
        None => Ok(()),
    }
}
