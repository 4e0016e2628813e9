//! An open connection with the hub: TLS with the pinned key over TCP, and the pump that moves bytes between it and the
//! [`Exchange`]. No transaction is open while bytes cross the network.

use super::Round;
use super::exchange::{Desk, Exchange};
use super::hub::{Hub, failure};
use super::session::Manner;
use crate::error::{Code, Error, Result};
use crate::store::Change;
use protocol::link::{PIECE, PROTOCOL, ScanHash};
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
    exchange: Exchange,
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
    /// The scan that comes to here, and how many bytes of it have.
    pub fetched: Option<(ScanHash, u64)>,
}

impl Link {
    /// Opens a connection; `None` where the server speaks only what the first release spoke. `cut_after`: what the last one had
    /// carried when it was cut.
    pub fn open(hub: &Hub, desk: &Desk<'_>, manner: Manner, cut_after: Option<u64>) -> Result<Option<Self>> {
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
        let begin = || -> Result<Exchange> { Ok(Exchange::begin(desk, hub.key(), manner)?.after_a_cut(cut_after)) };
        let (mut exchange, began, mut sent) = (begin()?, Instant::now(), 0);
        if let Some(mut early) = tls.early_data() {
            // With a ticket of the last connection, the first words go out together with those of TLS.
            while early.bytes_left() >= 2 * PIECE
                && let Some(bytes) = exchange.next(desk, 0)?
            {
                early.write_all(&bytes).map_err(unreachable)?;
                sent += bytes.len() as u64;
            }
        }
        while tls.is_handshaking() {
            // Both ends have gone quiet: the handshake waits for the other side's next word.
            tls.complete_io(&mut tcp).map_err(|error| failure_of(error, Code::HubUnreachable))?;
        }
        if tls.alpn_protocol() != Some(PROTOCOL) {
            return Ok(None);
        }
        if sent > 0 && !tls.is_early_data_accepted() {
            // Nobody has heard them.
            exchange = begin()?;
        }
        tcp.set_read_timeout(Some(LOOK)).map_err(unreachable)?;
        let patience = hub.patience();
        Ok(Some(Self { tcp, tls, exchange, began, patience, bytes: (sent, 0) }))
    }

    /// Sends and takes in for as long as something moves, at most for `most`. `more` of the answer says that it goes on.
    ///
    /// # Errors
    /// The connection is dead, the hub refuses or talks nonsense. The link is of no use any more; what was sent is noted.
    pub fn pump(&mut self, desk: &Desk<'_>, most: Duration) -> Result<Round> {
        let mut round = Round::default();
        let begun = Instant::now();
        let under_way = (self.exchange.scans_under_way(), self.exchange.fetched());
        let outcome = loop {
            match self.turn(desk, &mut round) {
                // An older database of this desk goes on under another identity, on another connection.
                Ok(_) if round.superseded => break Ok(()),
                Ok(moved) if !moved && self.exchange.is_quiet() => break Ok(()),
                Ok(_) if begun.elapsed() >= most => {
                    round.more = true;
                    break Ok(());
                }
                Ok(_) => {}
                Err(error) => break Err(error),
            }
        };
        if let Err(error) = outcome {
            self.exchange.note_sent(desk)?;
            return Err(error);
        }
        if (self.exchange.scans_under_way(), self.exchange.fetched()) != under_way {
            round.changes.insert(Change::Sync);
        }
        Ok(round)
    }

    /// What goes on.
    pub fn flow(&self) -> Flow {
        let (bytes_a_second, scans) = (self.exchange.bytes_a_second(), self.exchange.scans_under_way());
        Flow { open: true, bytes_a_second, scans, fetched: self.exchange.fetched() }
    }

    /// One look at the line: out what may go out, in what has come. Whether anything moved.
    fn turn(&mut self, desk: &Desk<'_>, round: &mut Round) -> Result<bool> {
        let mut moved = false;
        self.exchange.look_again(desk)?;
        while let Some(bytes) = self.exchange.next(desk, self.ms())? {
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
                let now = self.ms();
                self.exchange.arrived(buffer.get(..count).unwrap_or_default(), desk, now, round)?;
                moved = true;
            }
            Err(error)
                if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) => {}
            Err(error) => return Err(failure_of(error, Code::HubSilent)),
        }
        let patience = u64::try_from(self.patience.as_millis()).unwrap_or(u64::MAX);
        if self.exchange.is_dead(self.ms(), patience) {
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
            without_hurry(&self.tcp);
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

    fn ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Asks the hub whether there is more: the next pump goes on until it has said all.
    pub fn ask(&mut self) {
        self.exchange.ask();
    }

    /// Bytes above TLS so far: sent, received.
    pub fn bytes(&self) -> (u64, u64) {
        self.bytes
    }

    /// How many bytes were carried, where the connection ends in the middle of something.
    pub fn cut_after(&self) -> Option<u64> {
        self.exchange.cut_after()
    }

    /// Whether something that was sent was answered: the connection was of use.
    pub fn was_of_use(&self) -> bool {
        self.exchange.was_of_use()
    }
}

/// What was heard is acknowledged together with what is said next, if that is soon, and not by a packet of its own (0.6 per cent
/// of a thin line's bytes). The kernel forgets it; so it is said after each look.
fn without_hurry(tcp: &TcpStream) {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::net::sockopt::set_tcp_quickack(tcp, false) {
        log::debug!("acknowledgements go out by themselves: {error}");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = tcp;
}

/// An error of the line: what TLS says of the other side, or `otherwise`.
fn failure_of(error: io::Error, otherwise: Code) -> Error {
    let code = failure(&error).unwrap_or(otherwise);
    Error::new(code).because(error)
}
