//! The link between one desk and the hub: a small proxy that passes bytes while the weather allows.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What the link does with bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// Passes them.
    Clear,
    /// Passes them one at a time.
    Drip,
    /// Ends every connection at once.
    Cut,
    /// Passes this many more, both directions together, then ends every connection.
    CutAfter(u64),
    /// Takes connections and passes nothing.
    Silent,
}

/// A link. Desks connect to [`Link::url`].
pub struct Link {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

struct State {
    to: SocketAddr,
    weather: Weather,
    passed: u64,
    /// Both ends of every connection, to be ended when the weather turns.
    open: Vec<TcpStream>,
    over: bool,
}

impl Link {
    pub(crate) fn to(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = State { to, weather: Weather::Clear, passed: 0, open: Vec::new(), over: false };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if shared.lock().expect("no panic").over {
                    return;
                }
                take(&shared, stream);
            }
        });
        Self { address, state }
    }

    /// The address a desk is given for the hub.
    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Changes the weather. Connections of the old weather end.
    pub fn set(&self, weather: Weather) {
        let mut state = self.state.lock().expect("no panic");
        state.weather = weather;
        state.end_connections();
    }

    /// The link leads there from now on, in clear weather.
    pub fn lead_to(&self, to: SocketAddr) {
        self.state.lock().expect("no panic").to = to;
        self.set(Weather::Clear);
    }

    /// Bytes passed so far, both directions together.
    pub fn passed(&self) -> u64 {
        self.state.lock().expect("no panic").passed
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let mut state = self.state.lock().expect("no panic");
        state.over = true;
        state.end_connections();
        drop(state);
        // Wakes the listener, so that its thread ends.
        TcpStream::connect(self.address).ok();
    }
}

impl State {
    fn end_connections(&mut self) {
        for stream in self.open.drain(..) {
            stream.shutdown(Shutdown::Both).ok();
        }
    }

    /// How many of `wanted` bytes may pass now; 0 ends the connection.
    fn grant(&mut self, wanted: usize) -> usize {
        let wanted = wanted as u64;
        let granted = match &mut self.weather {
            Weather::Clear => wanted,
            Weather::Drip => wanted.min(1),
            Weather::Cut | Weather::Silent => 0,
            Weather::CutAfter(left) => {
                let granted = wanted.min(*left);
                *left -= granted;
                granted
            }
        };
        self.passed += granted;
        granted as usize
    }
}

fn take(shared: &Arc<Mutex<State>>, near: TcpStream) {
    let mut state = shared.lock().expect("no panic");
    match state.weather {
        Weather::Cut => return,
        Weather::Silent => return state.open.push(near),
        Weather::Clear | Weather::Drip | Weather::CutAfter(_) => {}
    }
    let Ok(far) = TcpStream::connect(state.to) else { return };
    for stream in [&near, &far] {
        stream.set_nodelay(true).expect("an option");
        state.open.push(stream.try_clone().expect("a second handle"));
    }
    let (near_too, far_too) = (near.try_clone().expect("a second handle"), far.try_clone().expect("a second handle"));
    let (up, down) = (Arc::clone(shared), Arc::clone(shared));
    thread::spawn(move || pump(&up, near, far));
    thread::spawn(move || pump(&down, far_too, near_too));
}

/// Passes bytes one way until either end or the weather ends it.
fn pump(shared: &Mutex<State>, mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = [0; 16 * 1024];
    'open: loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        let mut rest = buffer.get(..read).unwrap_or_default();
        while !rest.is_empty() {
            let granted = shared.lock().expect("no panic").grant(rest.len());
            let (now, later) = rest.split_at(granted);
            if to.write_all(now).is_err() || granted == 0 {
                break 'open;
            }
            rest = later;
        }
    }
    from.shutdown(Shutdown::Both).ok();
    to.shutdown(Shutdown::Both).ok();
}
