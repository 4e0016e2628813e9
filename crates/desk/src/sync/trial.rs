//! Trying the way to the hub, hop by hop, on a connection of its own: what a person needs to know is which part of it fails.
//! Nothing is sent but a hello. No hop takes longer than [`HOP`], and all of them together not longer than [`WHOLE`].

use super::hub::{Hub, failure};
use super::session::{Manner, Session};
use crate::error::{Code, Error, Result};
use crate::store::scans::Scans;
use crate::store::settings::{self, Key};
use crate::store::{Store, ops};
use ed25519_dalek::SigningKey;
use protocol::link::{PROTOCOL, Piece, Pieces};
use protocol::message::{SYNC, SyncReply, SyncRequest};
use rustls::ClientConnection;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs, UdpSocket};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// The longest a hop may take.
pub const HOP: Duration = Duration::from_secs(4);
/// The longest all of them may take.
pub const WHOLE: Duration = Duration::from_secs(14);

/// Addresses of one name that are tried.
const ADDRESSES: usize = 3;

/// The parts of the way, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hop {
    /// From this computer into any network.
    Network,
    /// From the hub's name to an address.
    Name,
    /// To that address.
    Connection,
    /// Whether it is the hub that answers there: TLS with the key the desk trusts.
    Key,
    /// The hub's own answer to this desk.
    Answer,
}

impl Hop {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Network, Self::Name, Self::Connection, Self::Key, Self::Answer];
}

/// What became of a hop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It begins.
    Begun,
    /// It is well, after so many milliseconds; with the address that was found, where it is about one.
    Passed(u64, Option<IpAddr>),
    /// There was nothing to do: the hub is called by its address.
    NotNeeded,
    /// It fails, for this reason.
    Failed(Fault),
}

/// Why a hop fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// This computer has no way into a network.
    NoNetwork,
    /// Nobody knows the hub's name.
    NameUnknown,
    /// Nobody answers the question for it.
    NameSilent,
    /// A computer is there, and nothing serves at the port.
    NothingServes,
    /// Nothing comes back from there.
    NotReached,
    /// Another key than the desk trusts.
    OtherKey,
    /// The hub's certificate does not hold today.
    Expired,
    /// What answers does not speak TLS, or breaks off.
    NotSecure,
    /// It goes quiet.
    Silent,
    /// Something answers that is no hub.
    NoHub,
    /// The hub has a fault of its own, with this HTTP status.
    Failing(String),
    /// The hub does not take anything from this desk, for this reason.
    Refuses(String),
}

/// Who tries.
pub struct Caller<'d> {
    /// The store, which is only read.
    pub store: &'d Store,
    /// The scans beside it.
    pub scans: &'d Scans,
    /// The device's key.
    pub device: &'d SigningKey,
    /// Its clock, milliseconds since 1970.
    pub clock: &'d dyn Fn() -> i64,
}

/// Goes the way hop by hop and says of each what became of it; the first that fails is the last.
///
/// Answers how far the hub's clock is ahead of this computer's, milliseconds, where all is well.
pub fn go(hub: &Hub, caller: &Caller<'_>, say: &mut dyn FnMut(Hop, Outcome)) -> Result<Option<i64>> {
    let (name, port) = hub.place()?;
    let host = name.to_str().into_owned();
    let mut way = Way { end: Instant::now() + WHOLE, say };
    let literal: Option<IpAddr> = host.parse().ok();
    let resolved = |way: &Way<'_>| resolve(&host, port, way.left());
    let network = way.hop(Hop::Network, |way| {
        // A network without a way out may still have the hub in it.
        let near = || resolved(way).ok()?.iter().find_map(|address| own_address(Some(address.ip())));
        let own = own_address(literal).or_else(|| if literal.is_none() { near() } else { None });
        own.map(|own| ((), Some(own))).ok_or(Fault::NoNetwork)
    });
    if network.is_none() {
        return Ok(None);
    }
    let addresses = match literal {
        Some(address) => {
            (way.say)(Hop::Name, Outcome::NotNeeded);
            Some(vec![SocketAddr::new(address, port)])
        }
        None => way.hop(Hop::Name, |way| {
            let addresses = resolved(way)?;
            let first = addresses.first().map(SocketAddr::ip);
            Ok((addresses, first))
        }),
    };
    let Some(addresses) = addresses else { return Ok(None) };
    let tcp = way.hop(Hop::Connection, |way| connect(&addresses, way));
    let Some(tcp) = tcp else { return Ok(None) };
    let line = way.hop(Hop::Key, |way| Ok((handshake(hub, tcp, way)?, None)));
    let Some(mut line) = line else { return Ok(None) };
    let hello = Session::new(caller.store, caller.device, hub.key(), Manner::default(), 0)?.next(
        caller.store,
        caller.scans,
        0,
        false,
    )?;
    Ok(way.hop(Hop::Answer, |way| {
        let time_ms = if line.tls.alpn_protocol() == Some(PROTOCOL) {
            welcome(&mut line, &hello.unwrap_or_default(), way)?
        } else {
            drop(line);
            asked(hub, caller).map_err(|error| of_exchange(&error))?
        };
        Ok((i64::try_from(time_ms).unwrap_or(i64::MAX).saturating_sub((caller.clock)()), None))
    }))
}

/// The address this computer would speak from, towards another one or anywhere. Nothing is sent: connecting a datagram socket
/// only asks the system for a route.
pub fn own_address(towards: Option<IpAddr>) -> Option<IpAddr> {
    // Addresses kept for documentation (RFC 5737, RFC 3849): they stand for any place far away.
    let anywhere = [Ipv4Addr::new(192, 0, 2, 1).into(), Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1).into()];
    let places: Vec<IpAddr> = towards.map_or_else(|| anywhere.to_vec(), |place| vec![place]);
    places.into_iter().find_map(|place| {
        let from: IpAddr = if place.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let socket = UdpSocket::bind((from, 0)).ok()?;
        socket.connect((place, 443)).ok()?;
        socket.local_addr().ok().map(|own| own.ip()).filter(|own| !own.is_unspecified())
    })
}

struct Way<'s> {
    end: Instant,
    say: &'s mut dyn FnMut(Hop, Outcome),
}

impl Way<'_> {
    /// How long the hop that begins now may take.
    fn left(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now()).min(HOP).max(Duration::from_millis(1))
    }

    fn hop<T>(
        &mut self,
        hop: Hop,
        what: impl FnOnce(&Self) -> std::result::Result<(T, Option<IpAddr>), Fault>,
    ) -> Option<T> {
        (self.say)(hop, Outcome::Begun);
        let begun = Instant::now();
        match what(self) {
            Ok((outcome, address)) => {
                let took = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
                (self.say)(hop, Outcome::Passed(took, address));
                Some(outcome)
            }
            Err(fault) => {
                (self.say)(hop, Outcome::Failed(fault));
                None
            }
        }
    }
}

/// Asks the system for a name's addresses. The system has a patience of its own, so the question is left to a thread.
fn resolve(host: &str, port: u16, most: Duration) -> std::result::Result<Vec<SocketAddr>, Fault> {
    let (answer, answered) = mpsc::channel();
    let host = host.to_owned();
    thread::spawn(move || answer.send((host.as_str(), port).to_socket_addrs().map(Iterator::collect::<Vec<_>>)));
    match answered.recv_timeout(most) {
        Ok(Ok(addresses)) if !addresses.is_empty() => Ok(addresses),
        Ok(_) => Err(Fault::NameUnknown),
        Err(_) => Err(Fault::NameSilent),
    }
}

fn connect(addresses: &[SocketAddr], way: &Way<'_>) -> std::result::Result<(TcpStream, Option<IpAddr>), Fault> {
    let mut fault = Fault::NotReached;
    let tried = addresses.get(..ADDRESSES.min(addresses.len())).unwrap_or_default();
    let most = way.left() / u32::try_from(tried.len()).unwrap_or(1).max(1);
    for address in tried {
        match TcpStream::connect_timeout(address, most) {
            Ok(tcp) => return Ok((tcp, Some(address.ip()))),
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => fault = Fault::NothingServes,
            Err(error) => log::info!("no connection to {address}: {error}"),
        }
    }
    Err(fault)
}

/// A connection above TLS that gives up at a moment.
struct Line {
    tcp: TcpStream,
    tls: ClientConnection,
}

fn handshake(hub: &Hub, tcp: TcpStream, way: &Way<'_>) -> std::result::Result<Line, Fault> {
    let (name, _) = hub.place().map_err(|_| Fault::NotSecure)?;
    let tls = ClientConnection::new(hub.tls(), name).map_err(|_| Fault::NotSecure)?;
    let (mut line, end) = (Line { tcp, tls }, Instant::now() + way.left());
    while line.tls.is_handshaking() {
        line.exchange(end).map_err(|error| match failure(&error) {
            Some(Code::HubCertificateExpired) => Fault::Expired,
            Some(_) => Fault::OtherKey,
            None if is_silence(&error) => Fault::Silent,
            None => Fault::NotSecure,
        })?;
    }
    Ok(line)
}

impl Line {
    /// Out with what waits, in with what comes, until `end`.
    fn exchange(&mut self, end: Instant) -> io::Result<()> {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        self.tcp.set_read_timeout(Some(left))?;
        self.tcp.set_write_timeout(Some(left))?;
        while self.tls.wants_write() {
            self.tls.write_tls(&mut self.tcp)?;
        }
        if self.tls.wants_read() {
            if self.tls.read_tls(&mut self.tcp)? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            let read = self.tls.process_new_packets();
            // The other side is told what was wrong with it.
            let _ = self.tls.write_tls(&mut self.tcp);
            read.map_err(io::Error::other)?;
        }
        Ok(())
    }
}

fn is_silence(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock)
}

/// Says hello on an open connection. Answers the hub's time.
fn welcome(line: &mut Line, hello: &[u8], way: &Way<'_>) -> std::result::Result<u64, Fault> {
    let end = Instant::now() + way.left();
    line.tls.writer().write_all(hello).map_err(|_| Fault::Silent)?;
    let (mut pieces, mut buffer) = (Pieces::default(), [0; 4096]);
    loop {
        while let Some(piece) = pieces.take().map_err(|_| Fault::NoHub)? {
            match piece {
                Piece::Welcome(welcome) => return Ok(welcome.time_ms),
                Piece::Refused(code) => return Err(Fault::Refuses(code)),
                _ => {}
            }
        }
        line.exchange(end).map_err(|_| Fault::Silent)?;
        match line.tls.reader().read(&mut buffer) {
            Ok(count) => pieces.arrived(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => return Err(Fault::Silent),
        }
    }
}

/// The same for a hub, or a proxy before it, that speaks what the first release spoke: a request that brings nothing.
fn asked(hub: &Hub, caller: &Caller<'_>) -> Result<u64> {
    let request = caller.store.read(|connection| {
        let own = ops::own(connection)?;
        let replica = own.replica.ok_or_else(|| Error::new(Code::NotEnrolled))?;
        let number = |key| settings::number(connection, key);
        Ok(SyncRequest {
            epoch: u32::try_from(number(Key::HubEpoch)?).unwrap_or(0),
            replica,
            first: own.acknowledged + 1,
            ops: vec![],
            checkpoint: None,
            cursor: u64::try_from(number(Key::Cursor)?).unwrap_or(0),
        })
    })?;
    hub.exchange(caller.device, SYNC, &request).map(|reply: SyncReply| reply.time_ms)
}

fn of_exchange(error: &Error) -> Fault {
    let said = |name: &str| {
        let value = error.params().iter().find(|(known, _)| *known == name);
        value.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    match error.code() {
        Code::HubRefused => Fault::Refuses(said("reason")),
        Code::HubFailing => Fault::Failing(said("status")),
        Code::HubUnreadable => Fault::NoHub,
        _ => Fault::Silent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_computer_speaks_to_itself_from_itself() {
        let here = IpAddr::from(Ipv4Addr::LOCALHOST);
        assert_eq!(own_address(Some(here)), Some(here));
    }

    #[test]
    fn a_name_nobody_knows_is_told_from_one_that_is_known() {
        // `.invalid` never exists (RFC 2606); without any network the answer is the same.
        assert_eq!(resolve("tinh.invalid", 443, Duration::from_secs(60)), Err(Fault::NameUnknown));
        assert!(resolve("localhost", 443, Duration::from_secs(60)).is_ok());
    }
}
