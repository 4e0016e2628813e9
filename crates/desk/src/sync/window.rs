//! How much may be on its way unanswered: enough to keep the line busy, little enough that a receipt is not kept waiting
//! behind scans and that a cut costs little. It follows what the line has shown to carry and its shortest round trip (after BBR:
//! loss says little about a radio): what it carries in that time, and somewhat more.
//!
//! Somewhat more is a queue of half a round trip. A packet that is lost is sent again behind the queue, so a longer one would not
//! keep the line busier; a shorter one would leave it idle until the loss is known.

use protocol::link::{PIECE, SCAN_PIECE};

/// What may be on its way while a person works, bytes: four packets.
pub const AT_WORK: f64 = 5.5 * 1024.0;
/// What is on its way before anything was answered, bytes.
const FIRST: f64 = 8.0 * 1024.0;
/// Never less than this, bytes.
const LEAST: f64 = AT_WORK;
/// Never more than this, bytes.
const MOST: f64 = 1024.0 * 1024.0;

/// How many of the shortest round trips' worth may be on its way.
const ROUND_TRIPS: f64 = 1.4;
/// And a queue of this much more, milliseconds: a line that was busy anyway is not left idle for it.
const QUEUE_MS: f64 = 100.0;

/// What is on its way is at most one of so many parts of what a connection carries before it is cut.
const OF_A_CONNECTION: f64 = 10.0;

/// The best of so many rates is what the line carries.
const LATEST: usize = 16;

/// The window of one connection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    size: f64,
    shortest_ms: f64,
    smoothed_ms: f64,
    /// Bytes that were answered so far.
    answered: u64,
    /// What the last connection had carried when it was cut in the middle of something, bytes.
    cut_after: Option<u64>,
    /// Bytes a millisecond.
    latest: [f64; LATEST],
}

impl Default for Window {
    fn default() -> Self {
        Self {
            size: FIRST,
            shortest_ms: f64::INFINITY,
            smoothed_ms: 0.0,
            answered: 0,
            cut_after: None,
            latest: [0.0; LATEST],
        }
    }
}

impl Window {
    /// Begins after a connection that was cut when it had carried so many bytes. What is on its way at a cut is said again: on a
    /// line that is cut often it is no more than a small part of what gets through between two cuts.
    pub fn after_a_cut(carried: u64) -> Self {
        let mut window = Self { cut_after: Some(carried), ..Self::default() };
        window.size = window.size.min(window.most());
        window
    }

    fn most(&self) -> f64 {
        let carried = self.cut_after.map_or(f64::INFINITY, |carried| carried.max(self.answered) as f64);
        (carried / OF_A_CONNECTION).clamp(LEAST, MOST)
    }

    /// What has been answered so far, to be noted with what is sent now.
    pub fn mark(&self) -> u64 {
        self.answered
    }

    /// `bytes` were answered `rtt_ms` after they were sent; `mark` was noted then.
    pub fn answered(&mut self, bytes: usize, mark: u64, rtt_ms: u64) {
        let rtt = (rtt_ms as f64).max(1.0);
        self.shortest_ms = self.shortest_ms.min(rtt);
        self.smoothed_ms = if self.smoothed_ms == 0.0 { rtt } else { self.smoothed_ms * 0.875 + rtt * 0.125 };
        self.answered += bytes as u64;
        self.latest.rotate_right(1);
        if let Some(latest) = self.latest.first_mut() {
            *latest = self.answered.saturating_sub(mark) as f64 / rtt;
        }
        self.size = (self.rate() * self.usual_ms()).clamp(LEAST, self.most());
    }

    /// Bytes a millisecond that the line carries.
    fn rate(&self) -> f64 {
        self.latest.iter().copied().fold(0.0, f64::max)
    }

    /// How long an answer takes on a line that is kept busy and loses nothing, milliseconds.
    fn usual_ms(&self) -> f64 {
        self.shortest_ms * ROUND_TRIPS + QUEUE_MS
    }

    /// Whether anything was answered at all.
    pub fn has_answers(&self) -> bool {
        self.smoothed_ms > 0.0
    }

    /// Bytes that may be unanswered now. `oldest_ms`: how long the oldest that is unanswered has been on its way.
    pub fn bytes(&self, at_work: bool, oldest_ms: u64) -> usize {
        if at_work {
            // On a line whose round trip is short a person does not notice more.
            let quick = self.size * 250.0 / self.shortest_ms;
            return self.size.min(quick.max(AT_WORK)) as usize;
        }
        // An answer that is late has a lost packet before it, here or there, and all the rest may have arrived: the line is
        // not left idle until it is known.
        let late = (oldest_ms as f64 - self.usual_ms()).max(0.0) * self.rate();
        (self.size + late.min(self.size / 2.0)).min(self.most()) as usize
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
    use std::collections::VecDeque;

    /// A line of so many bytes a second and so long a way, with the window always full.
    fn settled(bytes_a_second: f64, way_ms: f64, at_work: bool) -> Window {
        let mut window = Window::default();
        let (mut now, mut free) = (0.0_f64, 0.0_f64);
        let mut on_its_way: VecDeque<(f64, f64, u64, usize)> = VecDeque::new();
        for _ in 0..3000 {
            let piece = window.scan_piece();
            let taken: usize = on_its_way.iter().map(|(.., bytes)| bytes).sum();
            if taken == 0 || taken + piece <= window.bytes(at_work, 0) {
                free = free.max(now) + piece as f64 / bytes_a_second * 1000.0;
                on_its_way.push_back((now, free + way_ms, window.mark(), piece));
            } else if let Some((sent, there, mark, bytes)) = on_its_way.pop_front() {
                now = there;
                window.answered(bytes, mark, (there - sent) as u64);
            }
        }
        window
    }

    #[test]
    fn it_fills_a_thin_line_without_a_long_queue() {
        let bytes = settled(4000.0, 800.0, false).bytes(false, 0);
        assert!((6_000..8_000).contains(&bytes), "{bytes}: 800 ms and a packet's time are 4,500");
        let at_work = settled(4000.0, 800.0, true).bytes(true, 0);
        assert!((4_500..=AT_WORK as usize).contains(&at_work), "{at_work}");
    }

    #[test]
    fn it_opens_on_a_wide_line_also_at_work() {
        for at_work in [false, true] {
            let bytes = settled(1_000_000.0, 20.0, at_work).bytes(at_work, 0);
            assert!(bytes > 20_000, "{bytes}");
        }
    }

    #[test]
    fn a_late_answer_leaves_the_line_busy_but_not_for_ever() {
        let window = settled(4000.0, 800.0, false);
        let at = |oldest_ms| window.bytes(false, oldest_ms);
        assert_eq!(at(1_500), at(0), "not late yet");
        assert!((at(2_200) - at(0)).abs_diff(2_000) < 400, "half a second of the line: {}", at(2_200) - at(0));
        assert_eq!(at(60_000), at(0) * 3 / 2);
        assert_eq!(window.bytes(true, 60_000), window.bytes(true, 0), "a receipt may come");
    }

    #[test]
    fn a_line_that_is_cut_often_gets_less() {
        assert_eq!(Window::after_a_cut(50_000).bytes(false, 0), LEAST as usize);
        let mut window = Window::after_a_cut(70_000);
        assert_eq!(window.bytes(false, 0), 7_000);
        for _ in 0..1000 {
            window.answered(2000, window.mark(), 20);
        }
        assert!(window.bytes(false, 0) > 7_000, "it holds by now: {}", window.bytes(false, 0));
    }

    #[test]
    fn a_line_that_was_idle_is_not_thought_wide() {
        let mut window = settled(4000.0, 800.0, false);
        for _ in 0..100 {
            let mark = window.mark();
            window.answered(100, mark, 900);
        }
        assert_eq!(window.bytes(false, 0), LEAST as usize);
    }
}
