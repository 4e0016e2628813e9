//! The hours an office works.

use jiff::civil::{Time, time};

/// A stretch of work without a break, from its opening to its closing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// First moment of work.
    pub opens: Time,
    /// Last moment of work; a file handed in at this very moment is still in time.
    pub closes: Time,
}

/// Morning and afternoon of a working day.
///
/// The default is 07:00–11:30 and 13:30–17:00, as mountain communes publish it: eight hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfficeHours {
    morning: Session,
    afternoon: Session,
}

/// The sessions do not follow each other, or one closes before it opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("office hours must open before they close, the morning before the afternoon")]
pub struct BadHours;

impl OfficeHours {
    /// Hours of one's own.
    pub fn new(morning: Session, afternoon: Session) -> Result<Self, BadHours> {
        if morning.opens < morning.closes && morning.closes <= afternoon.opens && afternoon.opens < afternoon.closes {
            Ok(Self { morning, afternoon })
        } else {
            Err(BadHours)
        }
    }

    /// Morning and afternoon, in order.
    pub fn sessions(&self) -> [Session; 2] {
        [self.morning, self.afternoon]
    }

    /// When the working day begins.
    pub fn opens(&self) -> Time {
        self.morning.opens
    }

    /// When the working day ends; results of a day are due by then.
    pub fn closes(&self) -> Time {
        self.afternoon.closes
    }
}

impl Default for OfficeHours {
    fn default() -> Self {
        Self {
            morning: Session { opens: time(7, 0, 0, 0), closes: time(11, 30, 0, 0) },
            afternoon: Session { opens: time(13, 30, 0, 0), closes: time(17, 0, 0, 0) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_follow_each_other() {
        let session = |opens, closes| Session { opens: time(opens, 0, 0, 0), closes: time(closes, 0, 0, 0) };
        assert!(OfficeHours::new(session(8, 12), session(13, 17)).is_ok());
        for (morning, afternoon) in
            [(session(12, 8), session(13, 17)), (session(8, 14), session(13, 17)), (session(8, 12), session(17, 17))]
        {
            assert_eq!(OfficeHours::new(morning, afternoon), Err(BadHours));
        }
    }
}
