//! How much may be on its way unanswered: enough to keep the line busy, little enough that a receipt is not kept waiting
//! behind scans and that a cut costs little. It follows the round trips the link shows (after LEDBAT, RFC 6817): more while
//! they stay near the shortest one, less when a queue builds up.

use protocol::link::{PIECE, SCAN_PIECE};

/// What may be on its way while a person works, bytes.
pub const AT_WORK: f64 = 5.5 * 1024.0;
/// What is on its way before anything was answered, bytes.
const FIRST: f64 = 8.0 * 1024.0;
/// Never less than this, bytes: a lost packet delays what comes after it, and is no queue.
const LEAST: f64 = 5.5 * 1024.0;
/// Never more than this, bytes.
const MOST: f64 = 1024.0 * 1024.0;

/// A queue of this much is let stand, milliseconds: a line that was busy anyway is not left idle for it.
const QUEUE_MS: f64 = 100.0;

/// How many times the shortest round trip the present one may be.
const AIM: f64 = 1.5;

/// The shortest of so many round trips is held for the present one.
const LATEST: usize = 8;

/// The window of one connection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    size: f64,
    shortest_ms: f64,
    smoothed_ms: f64,
    latest_ms: [f64; LATEST],
}

impl Default for Window {
    fn default() -> Self {
        Self { size: FIRST, shortest_ms: f64::INFINITY, smoothed_ms: 0.0, latest_ms: [f64::INFINITY; LATEST] }
    }
}

impl Window {
    /// `bytes` were answered `rtt_ms` after they were sent.
    pub fn answered(&mut self, bytes: usize, rtt_ms: u64) {
        let rtt = (rtt_ms as f64).max(1.0);
        self.shortest_ms = self.shortest_ms.min(rtt);
        self.smoothed_ms = if self.smoothed_ms == 0.0 { rtt } else { self.smoothed_ms * 0.875 + rtt * 0.125 };
        self.latest_ms.rotate_right(1);
        if let Some(latest) = self.latest_ms.first_mut() {
            *latest = rtt;
        }
        let present = self.latest_ms.iter().copied().fold(f64::INFINITY, f64::min);
        let aim = self.shortest_ms * AIM + QUEUE_MS;
        // At the aim it stays, at the shortest round trip it doubles in one, and beyond the aim it shrinks as fast.
        let off = ((aim - present) / (aim - self.shortest_ms).max(1.0)).clamp(-1.0, 1.0);
        self.size = (self.size + off * bytes as f64).clamp(LEAST, MOST);
    }

    /// Whether anything was answered at all.
    pub fn has_answers(&self) -> bool {
        self.smoothed_ms > 0.0
    }

    /// Bytes that may be unanswered now.
    pub fn bytes(&self, at_work: bool) -> usize {
        // On a line whose round trip is short a person does not notice more.
        let quick = self.size * 250.0 / self.shortest_ms;
        let most = if at_work { quick.max(AT_WORK) } else { MOST };
        self.size.min(most) as usize
    }

    /// Bytes of a scan that make one piece: one packet, or more where so much is on its way that a packet is little.
    pub fn scan_piece(&self) -> usize {
        (self.size as usize / 16).clamp(SCAN_PIECE, PIECE)
    }

    /// How long nothing may be heard while something is unanswered before the link counts as dead, milliseconds.
    pub fn patience_ms(&self) -> u64 {
        (self.smoothed_ms * 4.0).max(8_000.0) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of so many bytes a second and so long a way, with the window always full.
    fn settled(bytes_a_second: f64, way_ms: f64) -> Window {
        let mut window = Window::default();
        for _ in 0..2000 {
            let piece = 2048.0;
            let rtt = (window.size / bytes_a_second * 1000.0).max(way_ms + piece / bytes_a_second * 1000.0);
            window.answered(piece as usize, rtt as u64);
        }
        window
    }

    #[test]
    fn it_fills_a_thin_line_without_a_long_queue() {
        let window = settled(4000.0, 800.0);
        let bytes = window.bytes(false);
        assert!((6_000..16_000).contains(&bytes), "{bytes}");
        assert!(window.bytes(true) <= AT_WORK as usize);
    }

    #[test]
    fn it_opens_on_a_wide_line_also_at_work() {
        let window = settled(1_000_000.0, 20.0);
        assert!(window.bytes(false) > 20_000, "{}", window.bytes(false));
        assert!(window.bytes(true) > AT_WORK as usize);
    }
}
