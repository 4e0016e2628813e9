//! An open connection with the hub: TLS with the pinned key over TCP, and the pump that moves pieces between it, the
//! [`Session`] and the store. No transaction is open while bytes cross the network.

use super::Round;
use super::hub::{Hub, failure};
use super::session::{Heard, Session};
use crate::error::{Code, Error, Result};
use crate::store::scans::{self, Scans, Standing};
use crate::store::settings::{self, Key};
use crate::store::{Change, Store, Writing, ops};
use ed25519_dalek::SigningKey;
use protocol::link::{PROTOCOL, Pieces, ScanHash};
use rustls::ClientConnection;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

/// A connection that takes longer than this to begin counts as none.
const CONNECT: Duration = Duration::from_secs(10);

/// How long one look at the line waits for bytes.
const LOOK: Duration = Duration::from_millis(20);

/// An open connection.
pub struct Link {
    tcp: TcpStream,
    tls: ClientConnection,
    pieces: Pieces,
    session: Session,
    began: Instant,
    patience: Duration,
    /// Bytes above TLS, out and in.
    bytes: (u64, u64),
}

/// What goes on on a connection, for whoever wants to look at it without waiting for it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flow {
    /// Whether there is a connection.
    pub open: bool,
    /// Bytes a second it takes, once that is known.
    pub bytes_a_second: Option<u64>,
    /// Scans that are under way, and how many bytes of each have arrived.
    pub scans: BTreeMap<ScanHash, u64>,
}

/// What a connection was opened for, and what it works on.
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

impl Link {
    /// Opens a connection; `None` where the server speaks only what the first release spoke.
    pub fn open(hub: &Hub, desk: &Desk<'_>, plainly: bool) -> Result<Option<Self>> {
        let (name, port) = hub.place()?;
        let unreachable = |error: io::Error| Error::new(Code::HubUnreachable).because(error);
        let mut tcp = None;
        for address in (name.to_str().as_ref(), port).to_socket_addrs().map_err(unreachable)? {
            match TcpStream::connect_timeout(&address, CONNECT) {
                Ok(open) => {
                    tcp = Some(open);
                    break;
                }
                Err(error) => log::info!("no connection to the hub at {address}: {error}"),
            }
        }
        let mut tcp = tcp.ok_or_else(|| Error::new(Code::HubUnreachable))?;
        let set = tcp.set_nodelay(true).and_then(|()| tcp.set_read_timeout(Some(hub.patience())));
        set.and_then(|()| tcp.set_write_timeout(Some(hub.patience()))).map_err(unreachable)?;
        let mut tls =
            ClientConnection::new(hub.tls(), name).map_err(|error| Error::new(Code::HubUnreachable).because(error))?;
        while tls.is_handshaking() {
            // Both ends have gone quiet: the handshake waits for the other side's next word.
            tls.complete_io(&mut tcp).map_err(|error| failure_of(error, Code::HubUnreachable))?;
        }
        if tls.alpn_protocol() != Some(PROTOCOL) {
            return Ok(None);
        }
        tcp.set_read_timeout(Some(LOOK)).map_err(unreachable)?;
        let session = Session::new(desk.store, desk.device, hub.key(), plainly, 0)?;
        let (began, patience) = (Instant::now(), hub.patience());
        Ok(Some(Self { tcp, tls, pieces: Pieces::default(), session, began, patience, bytes: (0, 0) }))
    }

    /// Sends and takes in for as long as something moves, at most for `most`. `more` of the answer says that it goes on.
    ///
    /// # Errors
    /// The connection is dead, the hub refuses or talks nonsense. The link is of no use any more; what was sent is noted.
    pub fn pump(&mut self, desk: &Desk<'_>, most: Duration) -> Result<Round> {
        let mut round = Round::default();
        let begun = Instant::now();
        let under_way = self.session.scans_under_way();
        let outcome = loop {
            match self.turn(desk, &mut round) {
                // An older database of this desk goes on under another identity, on another connection.
                Ok(_) if round.superseded => break Ok(()),
                Ok(moved) if !moved && self.session.is_quiet() => break Ok(()),
                Ok(_) if begun.elapsed() >= most => {
                    round.more = true;
                    break Ok(());
                }
                Ok(_) => {}
                Err(error) => break Err(error),
            }
        };
        if let Err(error) = outcome {
            self.note_sent(desk)?;
            return Err(error);
        }
        if self.session.scans_under_way() != under_way {
            round.changes.insert(Change::Sync);
        }
        Ok(round)
    }

    /// What goes on.
    pub fn flow(&self) -> Flow {
        let (bytes_a_second, scans) = (self.session.bytes_a_second(), self.session.scans_under_way());
        Flow { open: true, bytes_a_second, scans }
    }

    /// One look at the line: out what may go out, in what has come. Whether anything moved.
    fn turn(&mut self, desk: &Desk<'_>, round: &mut Round) -> Result<bool> {
        let mut moved = false;
        while let Some(bytes) = self.session.next(desk.store, desk.scans, self.ms(), desk.at_work)? {
            moved = true;
            self.bytes.0 += bytes.len() as u64;
            if self.tls.writer().write_all(&bytes).and_then(|()| self.flush()).is_err() {
                // Whoever closed the connection may have said why.
                break;
            }
        }
        let mut buffer = [0; 16 * 1024];
        match self.read(&mut buffer) {
            Ok(0) => return Err(Error::new(Code::HubSilent).because("the connection was closed")),
            Ok(count) => {
                self.bytes.1 += count as u64;
                self.pieces.arrived(buffer.get(..count).unwrap_or_default());
                moved = true;
            }
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) => {}
            Err(error) => return Err(failure_of(error, Code::HubSilent)),
        }
        while let Some(piece) = self.pieces.take().map_err(|error| Error::new(Code::HubUnreadable).because(error))? {
            let now = self.ms();
            if let Some(heard) = self.session.arrived(piece, desk.store, desk.scans, now)? {
                take_in(&mut self.session, heard, desk, round)?;
            }
        }
        let patience = u64::try_from(self.patience.as_millis()).unwrap_or(u64::MAX);
        if self.session.is_dead(self.ms(), patience) {
            return Err(Error::new(Code::HubSilent));
        }
        Ok(moved)
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.tls.reader().read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                read => return read,
            }
            if self.tls.read_tls(&mut self.tcp)? == 0 {
                return Ok(0);
            }
            self.tls.process_new_packets().map_err(io::Error::other)?;
            self.flush()?;
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        while self.tls.wants_write() {
            self.tls.write_tls(&mut self.tcp)?;
        }
        Ok(())
    }

    /// What went out may have arrived although no answer came: it is shown as sent, not yet as received.
    fn note_sent(&self, desk: &Desk<'_>) -> Result<()> {
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

    fn ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Asks the hub whether there is more: the next pump goes on until it has said all.
    pub fn ask(&mut self) {
        self.session.ask();
    }

    /// Bytes above TLS so far: sent, received.
    pub fn bytes(&self) -> (u64, u64) {
        self.bytes
    }

    /// Whether something that was sent was answered: the connection was of use.
    pub fn was_of_use(&self) -> bool {
        self.session.was_of_use()
    }
}

/// Stores what was heard.
pub fn take_in(session: &mut Session, heard: Heard, desk: &Desk<'_>, round: &mut Round) -> Result<()> {
    let now_ms = desk.now_ms;
    let ((), changes) = match heard {
        Heard::Welcome(welcome) => {
            let (own, all) = desk.store.read(|connection| Ok((ops::own(connection)?, ops::all_own(connection)?)))?;
            let of_own = welcome.stored.iter().find(|stored| Some(stored.replica) == own.replica);
            // After a restore the hub holds operations of this identity that this database lacks.
            let behind = of_own.is_some_and(|stored| stored.seq > own.last_seq);
            round.superseded |= behind;
            desk.store.write(|writing| {
                for stored in &welcome.stored {
                    let known = all.iter().find(|origin| origin.replica == Some(stored.replica));
                    let Some(origin) = known else { continue };
                    // What the hub holds beyond what was acknowledged is acknowledged when it has compared it.
                    let seq = stored.seq.min(origin.acknowledged);
                    let backed_up = stored.backed_up.unwrap_or(origin.backed_up);
                    ops::set_progress(writing, origin.id, origin.sent, seq, backed_up)?;
                    if let Some(reason) = &stored.refused {
                        ops::refuse(writing, origin.id, reason)?;
                    }
                }
                if welcome.epoch != u32::try_from(settings::number(writing.reading(), Key::HubEpoch)?).unwrap_or(0) {
                    settings::set(writing, Key::Cursor, "0")?;
                }
                settings::set(writing, Key::HubEpoch, &welcome.epoch.to_string())?;
                settings::set(writing, Key::LastSync, &now_ms.to_string())?;
                let offset = i64::try_from(welcome.time_ms).unwrap_or(now_ms).saturating_sub(now_ms);
                settings::set(writing, Key::ClockOffset, &offset.to_string())
            })?
        }
        Heard::Stored { origin, verified, stored } => {
            let all = desk.store.read(ops::all_own)?;
            let Some(known) = all.into_iter().find(|known| known.id == origin) else { return Ok(()) };
            let seq = verified.max(known.acknowledged);
            round.acknowledged += seq - known.acknowledged;
            let refused = stored.refused.is_some();
            let written = desk.store.write(|writing| {
                for aside in stored.set_aside.iter().flatten() {
                    ops::set_aside(writing, ops::At { origin, seq: aside.seq }, &aside.reason)?;
                }
                if let Some(reason) = &stored.refused {
                    ops::refuse(writing, origin, reason)?;
                }
                let backed_up = stored.backed_up.unwrap_or(known.backed_up);
                ops::set_progress(writing, origin, seq, seq, backed_up)?;
                learn(writing, session)?;
                settings::set(writing, Key::LastSync, &now_ms.to_string())
            })?;
            if refused {
                round.changes.extend(written.1);
                return Err(Error::new(Code::HubRefused).with("reason", stored.refused.unwrap_or_default()));
            }
            written
        }
        Heard::Feed { ops: heard, vouched, cursor } => {
            let written = desk.store.write(|writing| {
                for op in heard {
                    round.received += u64::from(writing.take_in(op)?);
                }
                for vouched in vouched {
                    ops::vouch(writing, &vouched)?;
                }
                // What an older database lacks of its own identity is read again under the next one.
                if !round.superseded {
                    settings::set(writing, Key::Cursor, &cursor.to_string())?;
                }
                settings::set(writing, Key::LastSync, &now_ms.to_string())
            })?;
            session.has_read(cursor);
            written
        }
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

/// An error of the line: what TLS says of the other side, or `otherwise`.
fn failure_of(error: io::Error, otherwise: Code) -> Error {
    let code = failure(&error).unwrap_or(otherwise);
    Error::new(code).because(error)
}
