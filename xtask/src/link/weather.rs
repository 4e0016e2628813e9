//! A bad line as arithmetic, over a time its caller counts in milliseconds: how long something takes, whether trouble meets it,
//! and when the line is cut. It knows no network and no clock; the proxy of `cargo xtask link` and the bench `link` use it.

/// What a line is like, each way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weather {
    /// Thousands of bits a second.
    pub kbit: f64,
    /// A round trip without a queue, milliseconds.
    pub rtt_ms: f64,
    /// Longest queue before the line, as the milliseconds it takes to empty.
    pub queue_ms: f64,
    /// Percent of what is sent that meets trouble: a packet is lost, a stream stalls.
    pub trouble: f64,
    /// From one cut to the next, milliseconds; 0: never.
    pub cut_ms: f64,
    /// How long nothing passes after a cut, milliseconds.
    pub outage_ms: f64,
}

/// Where a line stands between its cuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cuts {
    /// Cuts that have begun.
    pub begun: u64,
    /// Whether the last of them goes on.
    pub goes_on: bool,
}

impl Weather {
    /// The cuts so far.
    pub fn cuts(&self, now_ms: f64) -> Cuts {
        if self.cut_ms <= 0.0 || now_ms < self.cut_ms {
            return Cuts::default();
        }
        Cuts { begun: (now_ms / self.cut_ms) as u64, goes_on: now_ms % self.cut_ms < self.outage_ms }
    }

    /// When the next cut begins or ends, milliseconds; never: infinity.
    pub fn turns_at(&self, now_ms: f64) -> f64 {
        if self.cut_ms <= 0.0 {
            return f64::INFINITY;
        }
        let cuts = self.cuts(now_ms);
        let last = cuts.begun as f64 * self.cut_ms;
        if cuts.goes_on { last + self.outage_ms } else { last + self.cut_ms }
    }
}

/// What becomes of something that is sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fate {
    /// It is there at this moment, milliseconds.
    Arrives(f64),
    /// It would be there at this moment, but trouble meets it.
    Trouble(f64),
    /// The queue has no room for it.
    NoRoom,
}

/// One way of a line.
#[derive(Debug, Clone)]
pub struct Way {
    weather: Weather,
    /// When all that was sent has left.
    free_ms: f64,
    dice: u64,
}

impl Way {
    /// An empty way. The same seed meets the same trouble.
    pub fn new(weather: Weather, seed: u64) -> Self {
        Self { weather, free_ms: 0.0, dice: seed }
    }

    /// Sends some bytes.
    pub fn send(&mut self, now_ms: f64, bytes: usize) -> Fate {
        if self.free_ms - now_ms > self.weather.queue_ms {
            return Fate::NoRoom;
        }
        self.free_ms = self.free_ms.max(now_ms) + bytes as f64 * 8.0 / self.weather.kbit;
        let there = self.free_ms + self.weather.rtt_ms / 2.0;
        if self.roll() < self.weather.trouble / 100.0 { Fate::Trouble(there) } else { Fate::Arrives(there) }
    }

    /// Between 0 and 1 (SplitMix64).
    fn roll(&mut self) -> f64 {
        self.dice = self.dice.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.dice ^ (self.dice >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
