//! A connection of a simulated world: two ways of bytes, each in order, that arrive in parts, late, or not at all.

use desk::api::carried;
use fastrand::Rng;
use std::collections::VecDeque;

/// One way of a connection.
#[derive(Debug, Default)]
pub struct Way(VecDeque<Vec<u8>>);

impl Way {
    /// Bytes go out.
    pub fn sends(&mut self, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            self.0.push_back(bytes);
        }
    }

    /// What arrives next: one portion, a part of one, or all there is.
    pub fn arrives(&mut self, rng: &mut Rng) -> Vec<u8> {
        match rng.u8(..8) {
            0 => self.all(),
            1 | 2 => self.part(rng),
            _ => self.0.pop_front().unwrap_or_default(),
        }
    }

    /// All there is.
    pub fn all(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.0).into_iter().flatten().collect()
    }

    /// Whether nothing is on its way.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }

    /// A part of the next portion, cut at any byte.
    fn part(&mut self, rng: &mut Rng) -> Vec<u8> {
        // As a share of the length, so that a seed cuts at the same place whatever a portion's exact size.
        let share = rng.f64();
        let Some(mut portion) = self.0.pop_front() else { return Vec::new() };
        let rest = portion.split_off((portion.len() as f64 * share) as usize);
        self.0.push_front(rest);
        portion
    }
}

/// A connection.
pub struct Line {
    /// The desk's end.
    pub desk: carried::Call,
    /// The hub's end.
    pub hub: hub::Call,
    /// From the desk to the hub.
    pub up: Way,
    /// From the hub to the desk.
    pub down: Way,
    /// Milliseconds since it began.
    pub ms: u64,
}

impl Line {
    /// Begins with the desk's end.
    pub fn new(desk: carried::Call) -> Self {
        Self { desk, hub: hub::Call::default(), up: Way::default(), down: Way::default(), ms: 0 }
    }
}
