//! The commune's own network: a door at which desks of the commune are let in, calls at theirs, and how they find each other.
//! Nobody is spoken to whom the hub's roster does not name as a desk at work.

mod discovery;
mod keys;

use super::exchange::Desk;
use super::neighbour::Neighbour;
use crate::error::{Code, Error, Result};
pub use discovery::Discovery;
use keys::{client, device, internal, server};
use protocol::enrolment::KeyHash;
use protocol::link::{Piece, Pieces};
use protocol::roster::Roster;
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, Error as TlsError, ServerConnection, StreamOwned};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a neighbour may be silent. It is in the same house.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long one exchange may take; the rest comes with the next.
const EXCHANGE: Duration = Duration::from_secs(120);

/// Where this desk listens for its neighbours.
pub struct Door {
    listener: TcpListener,
    address: SocketAddr,
}

/// What an exchange did.
pub struct Met<'d> {
    /// The neighbour's device.
    pub device: [u8; 32],
    /// What it amounted to.
    pub exchange: Neighbour<'d>,
}

impl Door {
    /// Opens a door; port 0 takes a free one.
    pub fn open(at: SocketAddr) -> Result<Self> {
        let failed = |error: io::Error| Error::new(Code::NeighbourUnreachable).with("address", at).because(error);
        let listener = TcpListener::bind(at).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address })
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets in one neighbour who is waiting; `None` where nobody is.
    pub fn answer<'d>(&self, desk: &'d Desk<'d>, roster: &Roster, hub: KeyHash) -> Result<Option<Met<'d>>> {
        let (tcp, from) = match self.listener.accept() {
            Ok(accepted) => accepted,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(unreachable(self.address, error)),
        };
        tcp.set_nonblocking(false).map_err(|error| unreachable(from, error))?;
        let tls = ServerConnection::new(Arc::new(server(desk.device, roster)?)).map_err(internal)?;
        let mut stream = StreamOwned::new(tls, patient(tcp, from)?);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).map_err(|error| refused(from, error))?;
        }
        let device = device(stream.conn.peer_certificates())?;
        let mut exchange = Neighbour::new(desk, hub, device)?;
        talk(&mut stream, &mut exchange, false).map_err(|error| error.because_of(from))?;
        Ok(Some(Met { device, exchange }))
    }
}

/// Calls at a neighbour's door.
pub fn call<'d>(address: SocketAddr, desk: &'d Desk<'d>, roster: &Roster, hub: KeyHash) -> Result<Met<'d>> {
    let tcp = TcpStream::connect_timeout(&address, PATIENCE).map_err(|error| unreachable(address, error))?;
    let name = ServerName::from(address.ip());
    let tls = ClientConnection::new(Arc::new(client(desk.device, roster)?), name).map_err(internal)?;
    let mut stream = StreamOwned::new(tls, patient(tcp, address)?);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock).map_err(|error| refused(address, error))?;
    }
    let device = device(stream.conn.peer_certificates())?;
    let mut exchange = Neighbour::new(desk, hub, device)?;
    talk(&mut stream, &mut exchange, true).map_err(|error| error.because_of(address))?;
    Ok(Met { device, exchange })
}

/// Why a talk ended before its end.
enum Broken {
    Line(io::Error),
    Ours(Error),
}

impl Broken {
    fn because_of(self, address: SocketAddr) -> Error {
        match self {
            Self::Line(error) => refused(address, error),
            Self::Ours(error) => error,
        }
    }
}

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

/// Takes turns until neither side has anything to say.
fn talk(
    stream: &mut (impl Read + Write),
    with: &mut Neighbour<'_>,
    mut begins: bool,
) -> std::result::Result<(), Broken> {
    let (mut pieces, begun) = (Pieces::default(), Instant::now());
    let mut was_silent = false;
    while begun.elapsed() < EXCHANGE {
        let heard = if std::mem::take(&mut begins) { None } else { Some(turn(stream, &mut pieces)?) };
        let they_are_silent = heard.as_ref().is_some_and(Vec::is_empty);
        with.hear(heard.unwrap_or_default())?;
        let said = with.say()?;
        let ends = said.is_empty() && they_are_silent;
        // Who was silent before has been heard to be, and the other side has gone.
        if ends && was_silent {
            break;
        }
        was_silent = said.is_empty();
        let bytes: Vec<u8> = said.iter().chain([&Piece::Ping(0)]).flat_map(Piece::encode).collect();
        stream.write_all(&bytes).and_then(|()| stream.flush()).map_err(Broken::Line)?;
        if ends {
            break;
        }
    }
    Ok(())
}

/// What the other side says until its turn ends.
fn turn(stream: &mut impl Read, pieces: &mut Pieces) -> std::result::Result<Vec<Piece>, Broken> {
    let (mut heard, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
    loop {
        while let Some(piece) = pieces.take().map_err(|error| Error::new(Code::NeighbourUnreadable).because(error))? {
            match piece {
                Piece::Ping(_) => return Ok(heard),
                piece => heard.push(piece),
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) => return Err(Broken::Line(ErrorKind::UnexpectedEof.into())),
            Ok(count) => pieces.arrived(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(Broken::Line(error)),
        }
    }
}

fn patient(tcp: TcpStream, address: SocketAddr) -> Result<TcpStream> {
    let set = tcp.set_nodelay(true).and_then(|()| tcp.set_read_timeout(Some(PATIENCE)));
    set.and_then(|()| tcp.set_write_timeout(Some(PATIENCE))).map_err(|error| unreachable(address, error))?;
    Ok(tcp)
}

fn unreachable(address: SocketAddr, error: io::Error) -> Error {
    Error::new(Code::NeighbourUnreachable).with("address", address).because(error)
}

/// A handshake that fails where a key is not one of the commune's is nobody to speak with; anything else is the line's.
fn refused(address: SocketAddr, error: io::Error) -> Error {
    let is_tls = error.get_ref().is_some_and(|inner| inner.is::<TlsError>());
    if is_tls { Error::new(Code::NeighbourUnreadable).because(error) } else { unreachable(address, error) }
}
