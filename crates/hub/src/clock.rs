//! The hub's clock, and days as the office counts them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Gives milliseconds since 1970. Tests hand in a clock they can push.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// One day in milliseconds.
pub const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// The machine's clock.
pub fn system_clock() -> Clock {
    Arc::new(|| {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX)
    })
}

/// A moment as clocks in Viet Nam show it (UTC+7), to the second.
pub fn local_time(ms: u64) -> DateTime {
    let seconds = i64::try_from(ms / 1000).unwrap_or(i64::MAX);
    let moment = Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
    Offset::constant(7).to_datetime(moment)
}

/// The day a moment falls on in Viet Nam.
pub fn local_day(ms: u64) -> Date {
    local_time(ms).date()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_day_begins_at_midnight_in_viet_nam() {
        let midnight = 1_795_280_400_000; // 2026-11-22T00:00+07:00
        assert_eq!(local_day(midnight), date(2026, 11, 22));
        assert_eq!(local_day(midnight - 1), date(2026, 11, 21));
        assert_eq!(local_day(u64::MAX), local_day(u64::MAX), "no time is too far");
    }
}
