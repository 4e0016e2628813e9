//! When to talk to the hub: a pure machine over events, so that a simulator can run it through years of bad weather.
//!
//! The link is judged by what happens: slow, hanging and failing all count as offline. Waiting grows from 0.3 s to 60 s with
//! full jitter, goes back to the start on any progress, and never ends.

/// Shortest and longest wait after a failure, milliseconds.
pub const BACK_OFF_MS: (u64, u64) = (300, 60_000);
/// How long a desk with nothing to send waits before it asks again.
pub const IDLE_MS: u64 = 30_000;

/// Something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Time passed.
    Tick,
    /// An operation was appended here.
    Work,
    /// Somebody pressed "send now".
    Asked,
    /// A round ended well; `more` says that another would do more at once.
    Done {
        /// Whether the hub acknowledged or gave anything.
        progress: bool,
        /// Whether there is more to do.
        more: bool,
    },
    /// A round failed; `random` is a fresh number for the jitter.
    Failed {
        /// Any number.
        random: u64,
    },
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Make a round.
    Round,
    /// Nothing before this moment, milliseconds.
    Wait(u64),
}

/// The machine's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pace {
    running: bool,
    failures: u32,
    next_ms: u64,
}

impl Pace {
    /// Takes an event at `now_ms` and says what to do.
    pub fn step(&mut self, event: Event, now_ms: u64) -> Action {
        match event {
            Event::Tick => {}
            // Work in a bad hour waits its turn: a desk that writes much must not hammer a link that fails.
            Event::Work if self.failures == 0 => self.next_ms = now_ms,
            Event::Work => {}
            Event::Asked => self.next_ms = now_ms,
            Event::Done { progress, more } => {
                self.running = false;
                if progress || !more {
                    self.failures = 0;
                }
                self.next_ms = if more && progress { now_ms } else { now_ms + IDLE_MS };
            }
            Event::Failed { random } => {
                self.running = false;
                self.failures = self.failures.saturating_add(1);
                let (shortest, longest) = BACK_OFF_MS;
                let ceiling = shortest.saturating_mul(1 << self.failures.min(20)).min(longest);
                self.next_ms = now_ms + shortest + random % (ceiling - shortest + 1);
            }
        }
        // A clock that was set back must not turn a minute into a year.
        self.next_ms = self.next_ms.min(now_ms + BACK_OFF_MS.1 + IDLE_MS);
        if self.running || now_ms < self.next_ms {
            return Action::Wait(self.next_ms);
        }
        self.running = true;
        Action::Round
    }

    /// A connection brought something through before it ended.
    pub fn progressed(&mut self) {
        self.failures = 0;
    }

    /// Failures since the last success.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Whether a round is under way.
    pub fn running(&self) -> bool {
        self.running
    }

    /// When the next round is due.
    pub fn next_ms(&self) -> u64 {
        self.next_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn work_is_sent_at_once_on_a_good_link_and_waits_on_a_bad_one() {
        let mut pace = Pace::default();
        assert_eq!(pace.step(Event::Tick, 1000), Action::Round);
        assert!(matches!(pace.step(Event::Done { progress: true, more: false }, 1100), Action::Wait(31_100)));
        assert_eq!(pace.step(Event::Work, 2000), Action::Round);
        assert!(matches!(pace.step(Event::Failed { random: 299 }, 2100), Action::Wait(next) if next > 2100));
        assert!(matches!(pace.step(Event::Work, 2101), Action::Wait(_)), "no hammering");
        assert_eq!(pace.step(Event::Asked, 2102), Action::Round, "a person may always ask");
    }

    #[test]
    fn a_clock_set_back_by_years_delays_nothing_for_years() {
        let mut pace = Pace::default();
        let _ = pace.step(Event::Tick, 2_000_000_000_000);
        let _ = pace.step(Event::Done { progress: false, more: false }, 2_000_000_000_000);
        assert!(matches!(pace.step(Event::Tick, 1_262_304_000_000), Action::Wait(next) if next <= 1_262_304_090_000));
    }

    proptest! {
        #[test]
        fn it_never_gives_up_and_never_runs_two_rounds(events in prop::collection::vec((0u8..5, any::<u64>()), 1..200)) {
            let (mut pace, mut now, mut running) = (Pace::default(), 1_000_000u64, false);
            for (kind, random) in events {
                now += random % 5000;
                let event = match kind {
                    0 => Event::Work,
                    1 => Event::Asked,
                    2 if running => { running = false; Event::Done { progress: random % 2 == 0, more: random % 3 == 0 } }
                    3 if running => { running = false; Event::Failed { random } }
                    _ => Event::Tick,
                };
                match pace.step(event, now) {
                    Action::Round => { prop_assert!(!running); running = true; }
                    Action::Wait(until) => prop_assert!(running || until <= now + 90_000),
                }
            }
        }
    }
}
