//! A bad line between two network namespaces, packet by packet: a TUN device in each, and between them a thread that gives
//! packets their time, loses some, and cuts the line. What crosses it is real TCP of this machine's kernel. Whole IP packets
//! count against the rate. At the end of a cut both ends of every connection get a forged RST, as when a modem comes back under
//! another address.
//!
//! It needs the right to make namespaces (root) and /dev/net/tun. It touches no network of the machine.

use super::weather::{Fate, Way, Weather};
use crate::Result;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::fs::File;
use std::os::fd::AsFd;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use tappers::{Interface, Tun};

/// Addresses of the desk and of the hub, each in its own namespace.
pub const DESK: &str = "10.99.0.1";
/// The hub's.
pub const HUB: &str = "10.99.0.2";

/// Largest packet.
const MTU: usize = 1400;

/// Longest wait for packets before orders are looked at, milliseconds.
const LOOK_MS: f64 = 50.0;

/// What crossed the line.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// Bytes of whole packets that the desk sent, and the hub.
    pub bytes: [u64; 2],
    /// Packets lost to trouble, to a full queue, to cuts.
    pub lost: u64,
    pub no_room: u64,
    pub cut_off: u64,
    /// Cuts.
    pub cuts: u64,
}

/// A line, in clear weather at first.
pub struct Air {
    /// Where the desk is.
    pub desk: Space,
    /// Where the hub is.
    pub hub: Space,
    orders: Option<Sender<(Weather, u64, Instant)>>,
    counts: Arc<Mutex<Counts>>,
    thread: Option<JoinHandle<()>>,
}

/// A network namespace with one end of the line.
pub struct Space(String);

impl Space {
    fn new(name: String, address: &str, peer: &str) -> Result<(Self, Tun)> {
        ip(&["netns", "add", &name])?;
        let space = Self(name);
        let device = space.inside(|| Ok(Tun::new_named(Interface::new("line")?)?))?;
        let Self(name) = &space;
        ip(&["-n", name, "addr", "add", address, "peer", peer, "dev", "line"])?;
        let mtu = MTU.to_string();
        ip(&["-n", name, "link", "set", "line", "mtu", &mtu, "txqueuelen", "1000", "up"])?;
        ip(&["-n", name, "link", "set", "lo", "up"])?;
        Ok((space, device))
    }

    /// Does something on a thread inside; threads it starts are inside as well.
    pub fn inside<T: Send>(&self, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
        let entered = || -> Result<T> {
            let space = File::open(format!("/var/run/netns/{}", self.0))?;
            move_into_link_name_space(space.as_fd(), Some(LinkNameSpaceType::Network))?;
            work()
        };
        let done = thread::scope(|scope| scope.spawn(|| entered().map_err(|error| error.to_string())).join());
        done.map_err(|_| "a fault on a thread in a namespace")?.map_err(Into::into)
    }

    /// A program inside.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.0, program]);
        command
    }
}

impl Drop for Space {
    fn drop(&mut self) {
        if let Err(error) = ip(&["netns", "del", &self.0]) {
            eprintln!("{error}");
        }
    }
}

impl Air {
    /// A line of its own; `name` tells it from others.
    pub fn new(name: &str) -> Result<Self> {
        can_be()?;
        let name = format!("motcua-{}-{name}", std::process::id());
        let (desk, near) = Space::new(format!("{name}-desk"), DESK, HUB)?;
        let (hub, far) = Space::new(format!("{name}-hub"), HUB, DESK)?;
        let (orders, heard) = channel();
        let counts = Arc::<Mutex<Counts>>::default();
        let counted = Arc::clone(&counts);
        let thread = thread::spawn(move || {
            if let Err(error) = Carrier::new([near, far], heard, counted).carry() {
                eprintln!("the line is gone: {error}");
            }
        });
        Ok(Self { desk, hub, orders: Some(orders), counts, thread: Some(thread) })
    }

    /// The weather turns bad now. The same seed loses the same packets.
    pub fn turns(&self, weather: Weather, seed: u64) -> Instant {
        let now = Instant::now();
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner) = Counts::default();
        if let Some(orders) = &self.orders {
            // The other side is there as long as this is.
            let _ = orders.send((weather, seed, now));
        }
        now
    }

    /// What crossed it since the weather turned.
    pub fn counts(&self) -> Counts {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Air {
    fn drop(&mut self) {
        drop(self.orders.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Whether this machine can have such a line; if not, what it lacks.
pub fn can_be() -> Result<()> {
    if !rustix::process::geteuid().is_root() {
        return Err(
            "The bench `link` makes network namespaces, which only root may. As root: cargo xtask bench link\n\
                    Without root, `cargo xtask link` is a bad line for trying, not for figures."
                .into(),
        );
    }
    if let Err(error) = File::options().read(true).write(true).open("/dev/net/tun") {
        return Err(format!("The bench `link` needs /dev/net/tun ({error}): modprobe tun").into());
    }
    ip(&["-V"]).map_err(|error| format!("{error}\nThe bench `link` needs iproute2: apt install iproute2").into())
}

fn ip(words: &[&str]) -> Result<()> {
    let output = Command::new("ip").args(words).stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("ip {}: {}", words.join(" "), String::from_utf8_lossy(&output.stderr).trim()).into())
}

/// A connection as the line sees it: what each end expects next, by what it last acknowledged.
type Connections = BTreeMap<[u8; 12], [Option<u32>; 2]>;

/// The thread between the devices.
struct Carrier {
    devices: [Tun; 2],
    orders: Receiver<(Weather, u64, Instant)>,
    counts: Arc<Mutex<Counts>>,
    /// What is on its way: when it is there (nanoseconds), in which order it was sent, to whom.
    on_its_way: BinaryHeap<Reverse<(u64, u64, usize, Vec<u8>)>>,
    sent: u64,
    connections: Connections,
    bad: Option<Bad>,
}

struct Bad {
    weather: Weather,
    ways: [Way; 2],
    since: Instant,
    cuts: u64,
    goes_on: bool,
}

impl Bad {
    fn ms(&self) -> f64 {
        self.since.elapsed().as_secs_f64() * 1e3
    }
}

impl Carrier {
    fn new(devices: [Tun; 2], orders: Receiver<(Weather, u64, Instant)>, counts: Arc<Mutex<Counts>>) -> Self {
        let (on_its_way, connections) = (BinaryHeap::new(), Connections::new());
        Self { devices, orders, counts, on_its_way, sent: 0, connections, bad: None }
    }

    /// Carries packets until nobody gives orders any more.
    fn carry(mut self) -> Result<()> {
        for device in &mut self.devices {
            device.set_nonblocking(true)?;
        }
        loop {
            match self.orders.try_recv() {
                Ok((weather, seed, since)) => {
                    let ways = [Way::new(weather, seed), Way::new(weather, seed ^ 0xFFFF)];
                    self.bad = Some(Bad { weather, ways, since, cuts: 0, goes_on: false });
                }
                Err(TryRecvError::Empty) => {}
                Err(TryRecvError::Disconnected) => return Ok(()),
            }
            let wait_ms = self.turns()?.min(self.delivers()?).clamp(0.0, LOOK_MS);
            let [near, far] = &self.devices;
            let mut looks = [near, far].map(|device| PollFd::new(device, PollFlags::IN));
            let wait = Timespec::try_from(Duration::from_secs_f64(wait_ms / 1e3))?;
            poll(&mut looks, Some(&wait))?;
            for from in 0..2 {
                self.takes(from)?;
            }
        }
    }

    /// Cuts the line and lets it go on. Answers how long the weather stays as it is, milliseconds.
    fn turns(&mut self) -> Result<f64> {
        let Some(bad) = &mut self.bad else { return Ok(f64::INFINITY) };
        let now = bad.ms();
        let cuts = bad.weather.cuts(now);
        if cuts.begun > bad.cuts {
            bad.cuts = cuts.begun;
            bad.goes_on = true;
            let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            counts.cuts += 1;
            counts.cut_off += self.on_its_way.len() as u64;
            self.on_its_way.clear();
        }
        let ended = bad.goes_on && !cuts.goes_on;
        bad.goes_on &= cuts.goes_on;
        let rest = bad.weather.turns_at(now) - now;
        if ended {
            for (ends, expected) in std::mem::take(&mut self.connections) {
                for to in 0..2 {
                    if let (Some(next), Some(device)) = (expected.get(to).copied().flatten(), self.devices.get(to)) {
                        device.send(&reset(&ends, to, next))?;
                    }
                }
            }
        }
        Ok(rest)
    }

    /// Hands over what has arrived. Answers how long until the next, milliseconds.
    fn delivers(&mut self) -> Result<f64> {
        let Some(bad) = &self.bad else { return Ok(f64::INFINITY) };
        loop {
            let now = bad.since.elapsed().as_nanos() as u64;
            match self.on_its_way.peek() {
                None => return Ok(f64::INFINITY),
                Some(Reverse((at, ..))) if *at > now => return Ok((*at - now) as f64 / 1e6),
                Some(_) => {}
            }
            if let Some(Reverse((_, _, to, packet))) = self.on_its_way.pop()
                && let Some(device) = self.devices.get(to)
            {
                // A packet the other end cannot take is a lost packet.
                let _ = device.send(&packet);
            }
        }
    }

    /// Takes what one end has sent.
    fn takes(&mut self, from: usize) -> Result<()> {
        let to = 1 - from;
        let mut buffer = [0; 2048];
        loop {
            let (Some(device), Some(other)) = (self.devices.get(from), self.devices.get(to)) else { return Ok(()) };
            let packet = match device.recv(&mut buffer) {
                Ok(length) => buffer.get(..length).unwrap_or_default(),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.into()),
            };
            // IPv4 alone: neighbours' discovery of IPv6 is no business of this line.
            if packet.first().is_none_or(|first| first >> 4 != 4) {
                continue;
            }
            note(&mut self.connections, packet, from);
            let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(bytes) = counts.bytes.get_mut(from) {
                *bytes += packet.len() as u64;
            }
            let Some(bad) = &mut self.bad else {
                let _ = other.send(packet);
                continue;
            };
            let now = bad.ms();
            if bad.goes_on {
                counts.cut_off += 1;
                continue;
            }
            let Some(way) = bad.ways.get_mut(from) else { return Ok(()) };
            match way.send(now, packet.len()) {
                Fate::Arrives(at) => {
                    self.sent += 1;
                    self.on_its_way.push(Reverse(((at * 1e6) as u64, self.sent, to, packet.to_vec())));
                }
                Fate::Trouble(_) => counts.lost += 1,
                Fate::NoRoom => counts.no_room += 1,
            }
        }
    }
}

/// Where the header of TCP stands in a packet of it.
fn tcp(packet: &[u8]) -> Option<&[u8]> {
    let head = usize::from(packet.first()? & 15) * 4;
    if *packet.get(9)? == 6 { packet.get(head..) } else { None }
}

/// Both ends of a connection, the desk's first: addresses and ports.
fn ends(packet: &[u8], tcp: &[u8], from: usize) -> Option<[u8; 12]> {
    let (source, target) = (packet.get(12..16)?, packet.get(16..20)?);
    let (near, far) = (tcp.get(..2)?, tcp.get(2..4)?);
    let ends = if from == 0 { [source, near, target, far].concat() } else { [target, far, source, near].concat() };
    ends.try_into().ok()
}

/// Notes what one end expects next: the acknowledgement in a packet of its own.
fn note(connections: &mut Connections, packet: &[u8], from: usize) {
    let noted = || -> Option<([u8; 12], u8, u32)> {
        let tcp = tcp(packet)?;
        let next = u32::from_be_bytes(tcp.get(8..12)?.try_into().ok()?);
        Some((ends(packet, tcp, from)?, *tcp.get(13)?, next))
    };
    let (RST, ACK) = (4, 16);
    let Some((ends, flags, next)) = noted() else { return };
    if flags & RST != 0 {
        connections.remove(&ends);
    } else if flags & ACK != 0
        && let Some(expected) = connections.entry(ends).or_default().get_mut(from)
    {
        *expected = Some(next);
    }
}

/// A reset for one end of a connection, as if the other end had sent it.
fn reset(ends: &[u8; 12], to: usize, sequence: u32) -> Vec<u8> {
    let (desk, hub) = ends.split_at(6);
    let ((source, near), (target, far)) =
        if to == 0 { (hub.split_at(4), desk.split_at(4)) } else { (desk.split_at(4), hub.split_at(4)) };
    // No options, the flag RST, no window.
    let mut tcp = [near, far, &sequence.to_be_bytes(), &[0; 4], &[0x50, 4, 0, 0, 0, 0, 0, 0]].concat();
    let pseudo = [source, target, &[0, 6, 0, 20], &tcp].concat();
    tcp.splice(16..18, checksum(&pseudo));
    let mut head = [&[0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0], source, target].concat();
    let sum = checksum(&head);
    head.splice(10..12, sum);
    [head, tcp].concat()
}

/// The checksum of IP and TCP (RFC 1071).
fn checksum(bytes: &[u8]) -> [u8; 2] {
    let mut sum: u32 = bytes.chunks(2).map(|two| two.iter().fold(0, |word, byte| word << 8 | u32::from(*byte))).sum();
    while sum > 0xFFFF {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    (!(sum as u16)).to_be_bytes()
}
