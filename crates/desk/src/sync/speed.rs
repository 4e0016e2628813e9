//! How fast the line takes what is sent, for "minutes left". It is measured between two answers while more is on its way all
//! the time: what a single receipt takes says how long the way is, not how wide.

/// What was measured counts half after so long, milliseconds: lines change by the minute.
const HALF_LIFE_MS: f64 = 20_000.0;

/// Less than this, in bytes, is no measurement.
const LEAST: f64 = 8.0 * 1024.0;

/// The measurement of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Speed {
    /// When the last answer came, with more on its way behind it.
    since_ms: Option<u64>,
    bytes: f64,
    ms: f64,
}

impl Speed {
    /// `bytes` were answered; `more` are on their way behind them.
    pub fn answered(&mut self, bytes: usize, now_ms: u64, more: bool) {
        if let Some(since) = self.since_ms {
            let took = now_ms.saturating_sub(since) as f64;
            let fade = 0.5_f64.powf(took / HALF_LIFE_MS);
            self.bytes = self.bytes * fade + bytes as f64;
            self.ms = self.ms * fade + took;
        }
        self.since_ms = more.then_some(now_ms);
    }

    /// Bytes a second; `None` while too little was sent to tell.
    pub fn bytes_a_second(&self) -> Option<u64> {
        (self.bytes >= LEAST).then(|| ((self.bytes * 1000.0 / self.ms.max(1.0)) as u64).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_line_is_measured_and_a_single_receipt_is_not() {
        let mut speed = Speed::default();
        for receipt in 0..100 {
            speed.answered(700, receipt * 60_000, false);
        }
        assert_eq!(speed.bytes_a_second(), None);
        for piece in 0..40 {
            speed.answered(2_048, 6_000_000 + piece * 512, true);
        }
        assert_eq!(speed.bytes_a_second(), Some(4_000));
    }

    #[test]
    fn what_the_line_did_lately_counts_more_than_what_it_did_before() {
        let mut speed = Speed::default();
        for piece in 0..500 {
            speed.answered(2_048, piece * 20, true);
        }
        for piece in 0..100 {
            speed.answered(2_048, 10_000 + piece * 1_024, true);
        }
        let now = speed.bytes_a_second().expect("measured");
        assert!((2_000..6_000).contains(&now), "{now}");
    }
}
