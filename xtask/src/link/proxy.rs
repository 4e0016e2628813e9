//! The proxy: connections on one side, connections to the hub on the other, and bad weather between them.

use super::weather::{Fate, Way, Weather};
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What is read at once, as much as a packet carries.
const PACKET: usize = 1400;

/// What the kernel waits for a lost packet's answer, beside a round trip: TCP's shortest patience, milliseconds.
const PATIENCE_MS: f64 = 200.0;

/// How often a connection on which nothing moves looks whether the line was cut.
const LOOK: Duration = Duration::from_millis(50);

/// The line that all connections share.
struct Shared {
    weather: Weather,
    since: Instant,
    /// To the hub, and back.
    ways: [Mutex<Way>; 2],
}

/// Some bytes and when they are there, milliseconds.
type Packet = (f64, Vec<u8>);

/// Takes connections until the listener gives none any more.
pub fn stand(listener: &TcpListener, to: SocketAddr, weather: Weather) {
    let ways = [1, 2].map(|seed| Mutex::new(Way::new(weather, seed)));
    let shared = Arc::new(Shared { weather, since: Instant::now(), ways });
    for near in listener.incoming().map_while(Result::ok) {
        let shared = Arc::clone(&shared);
        thread::spawn(move || shared.take(near, to));
    }
}

impl Shared {
    fn ms(&self) -> f64 {
        self.since.elapsed().as_secs_f64() * 1e3
    }

    fn sleep_until(&self, ms: f64) {
        // A time that has passed is no time.
        thread::sleep(Duration::try_from_secs_f64((ms - self.ms()) / 1e3).unwrap_or_default());
    }

    /// Waits until the line is there. Answers by how many cuts it is known.
    fn is_there(&self) -> u64 {
        while self.weather.cuts(self.ms()).goes_on {
            self.sleep_until(self.weather.turns_at(self.ms()));
        }
        self.weather.cuts(self.ms()).begun
    }

    /// Serves a connection to its end.
    fn take(self: Arc<Self>, near: TcpStream, to: SocketAddr) {
        let born = self.is_there();
        let Ok(far) = TcpStream::connect(to) else { return };
        let ends = [&near, &far].map(TcpStream::try_clone);
        let [Ok(near_too), Ok(far_too)] = ends else { return };
        for stream in [&near, &far] {
            // Without these it works as well, only a little later.
            let _ = stream.set_nodelay(true).and_then(|()| stream.set_read_timeout(Some(LOOK)));
        }
        for (way, from, to) in [(0, near, far_too), (1, far, near_too)] {
            let (sender, packets) = channel();
            let (reading, writing) = (Arc::clone(&self), Arc::clone(&self));
            let Ok(from_too) = from.try_clone() else { return };
            thread::spawn(move || reading.reads(born, way, from, &sender));
            thread::spawn(move || writing.writes(born, &packets, to, &from_too));
        }
    }

    /// Reads one end, and gives what it said its time.
    fn reads(&self, born: u64, way: usize, mut from: TcpStream, sender: &Sender<Packet>) {
        let (mut buffer, mut last) = ([0; PACKET], 0.0_f64);
        while self.is_there() == born {
            let count = match from.read(&mut buffer) {
                Ok(0) => return,
                Ok(count) => count,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
                Err(_) => return,
            };
            let at = loop {
                let Some(way) = self.ways.get(way) else { return };
                let fate = way.lock().unwrap_or_else(PoisonError::into_inner).send(self.ms(), count);
                match fate {
                    Fate::Arrives(at) => break at,
                    Fate::Trouble(at) => break at + self.weather.rtt_ms + PATIENCE_MS,
                    Fate::NoRoom => thread::sleep(LOOK),
                }
            };
            // A stream keeps its order: what follows a packet that was held back waits for it.
            last = last.max(at);
            let bytes = buffer.get(..count).unwrap_or_default().to_vec();
            if sender.send((last, bytes)).is_err() {
                return;
            }
        }
        // The cut is over: whoever waits for this connection hears that it has ended.
        let _ = from.shutdown(Shutdown::Both);
    }

    /// Says at the other end what has arrived.
    fn writes(&self, born: u64, packets: &Receiver<Packet>, mut to: TcpStream, from: &TcpStream) {
        for (at, bytes) in packets {
            self.sleep_until(at);
            if self.is_there() != born || to.write_all(&bytes).is_err() {
                let _ = from.shutdown(Shutdown::Both);
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: Weather =
        Weather { kbit: 1e6, rtt_ms: 2.0, queue_ms: 1000.0, trouble: 10.0, cut_ms: 0.0, outage_ms: 0.0 };

    /// A server that says back what it hears, and a line to it.
    fn echo(weather: Weather) -> SocketAddr {
        let (server, line) = (TcpListener::bind("127.0.0.1:0"), TcpListener::bind("127.0.0.1:0"));
        let (server, line) = (server.expect("a port"), line.expect("a port"));
        let (to, address) = (server.local_addr().expect("an address"), line.local_addr().expect("an address"));
        thread::spawn(move || {
            for stream in server.incoming().map_while(Result::ok) {
                let mut back = stream.try_clone().expect("a second handle");
                thread::spawn(move || std::io::copy(&mut &stream, &mut back).and(back.shutdown(Shutdown::Write)));
            }
        });
        thread::spawn(move || stand(&line, to, weather));
        address
    }

    #[test]
    fn what_is_said_comes_through_in_order_and_to_the_end() {
        let said: Vec<u8> = (0..200_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        let mut stream = TcpStream::connect(echo(QUICK)).expect("a connection");
        let mut other = stream.try_clone().expect("a second handle");
        let sent = said.clone();
        thread::spawn(move || other.write_all(&sent).and_then(|()| other.shutdown(Shutdown::Write)));
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard).expect("all of it");
        assert!(heard == said, "{} of {} bytes", heard.len(), said.len());
    }

    #[test]
    fn a_cut_ends_a_connection_and_the_next_one_goes_through() {
        let address = echo(Weather { cut_ms: 100.0, outage_ms: 1.0, ..QUICK });
        let mut cut = TcpStream::connect(address).expect("a connection");
        let mut rest = Vec::new();
        // Nothing was said, and nothing is heard but the end.
        assert!(cut.read_to_end(&mut rest).is_err() || rest.is_empty());
        let heard = (0..100).any(|_| {
            let mut stream = TcpStream::connect(address).expect("a connection");
            let mut word = [0; 4];
            stream.write_all(b"word").and_then(|()| stream.read_exact(&mut word)).is_ok() && word == *b"word"
        });
        assert!(heard, "no connection of a hundred came through");
    }
}
