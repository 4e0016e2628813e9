//! Two desks on one network: one calls at the other's door.

use super::Desk;
use desk::sync::lan::Door;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};

/// A door on this machine.
pub fn door() -> Door {
    Door::open(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("a door")
}

/// One desk calls at the other's door.
pub fn meet(caller: &Desk, host: &Desk) -> desk::error::Result<desk::api::neighbours::NeighbourView> {
    let (door, is_over) = (door(), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while host.answers(&door).expect("an open door").is_none() && !is_over.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
        });
        let met = caller.meet(door.address());
        is_over.store(true, Ordering::SeqCst);
        met.map(|(view, _)| view)
    })
}
