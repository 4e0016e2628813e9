//! `cargo xtask link`: a bad line between a desk and its hub, for trying the product behind one.
//!
//! It is a proxy: the programs connect to it instead of the hub. It gives bytes the time a thin, far line takes, holds some back
//! as a lost packet would, and ends every connection at a cut. Packets and TCP's own answers to losses are not its
//! business; figures are taken on a real line of packets by `cargo xtask bench link`.

mod proxy;
mod weather;

use crate::Result;
use std::net::{SocketAddr, TcpListener};
use weather::Weather;

/// What was asked for.
#[derive(Debug, PartialEq)]
pub struct Line {
    /// Where the hub is.
    pub to: SocketAddr,
    /// Where the desk finds the line; port 0 takes a free one.
    pub listen: SocketAddr,
    /// What it is like.
    pub weather: Weather,
}

/// A commune in the mountains: 32 kbit/s, 800 ms, one packet of fifty lost, a cut every half minute.
const MOUNTAINS: Weather =
    Weather { kbit: 32.0, rtt_ms: 800.0, queue_ms: 4000.0, trouble: 2.0, cut_ms: 30_000.0, outage_ms: 2000.0 };

impl Line {
    /// Reads the words after `link`; none where it is wrong use.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Option<Self> {
        let (mut to, mut listen, mut weather) = (None, SocketAddr::from(([127, 0, 0, 1], 0)), MOUNTAINS);
        while let Some(option) = words.next() {
            let value = words.next()?;
            // Half of nothing takes for ever, and nothing takes less than no time.
            let number = || value.parse::<f64>().ok().filter(|number| number.is_finite() && *number >= 0.0);
            match option.as_str() {
                "--to" => to = Some(value.parse().ok()?),
                "--listen" => listen = value.parse().ok()?,
                "--rate" => weather.kbit = number().filter(|kbit| *kbit > 0.0)?,
                "--rtt" => weather.rtt_ms = number()?,
                "--stall" => weather.trouble = number().filter(|percent| *percent <= 100.0)?,
                "--cut" => weather.cut_ms = number()? * 1e3,
                "--outage" => weather.outage_ms = number()? * 1e3,
                _ => return None,
            }
        }
        Some(Self { to: to?, listen, weather })
    }

    /// Stands until the program is ended.
    pub fn stand(&self) -> Result<()> {
        let listener = TcpListener::bind(self.listen)?;
        let Weather { kbit, rtt_ms, trouble, cut_ms, outage_ms, .. } = self.weather;
        println!("{} leads to {}: {kbit} kbit/s, {rtt_ms} ms, {trouble} % stall.", listener.local_addr()?, self.to);
        if cut_ms > 0.0 {
            println!("Cut every {} s, for {} s.", cut_ms / 1e3, outage_ms / 1e3);
        }
        proxy::stand(&listener, self.to, self.weather);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::weather::{Fate, Way};
    use super::*;

    const BAD: Weather = MOUNTAINS;

    #[test]
    fn a_thin_line_takes_its_time_and_its_queue_ends_somewhere() {
        let mut way = Way::new(Weather { trouble: 0.0, ..BAD }, 1);
        assert_eq!(way.send(0.0, 4000), Fate::Arrives(1400.0), "a second on the line and half a round trip");
        assert_eq!(way.send(0.0, 4000), Fate::Arrives(2400.0), "behind the first");
        assert_eq!(way.send(5000.0, 400), Fate::Arrives(5500.0), "a line that was idle owes nothing");
        let taken = (0..100).take_while(|_| way.send(5000.0, 1400) != Fate::NoRoom).count();
        assert_eq!(taken, 12, "4 s of 32 kbit/s, and the packet that passes over");
    }

    #[test]
    fn trouble_is_as_frequent_as_it_is_told_to_be() {
        let mut way = Way::new(Weather { queue_ms: f64::INFINITY, ..BAD }, 7);
        let met = (0..100_000).filter(|_| matches!(way.send(0.0, 1), Fate::Trouble(_))).count();
        assert!((1_850..2_150).contains(&met), "{met} of 100,000");
    }

    #[test]
    fn cuts_come_and_go() {
        let at = |ms: f64| (BAD.cuts(ms).begun, BAD.cuts(ms).goes_on);
        assert_eq!([at(0.0), at(29_999.0), at(30_000.0), at(31_999.0)], [(0, false), (0, false), (1, true), (1, true)]);
        assert_eq!([at(32_000.0), at(60_000.0)], [(1, false), (2, true)]);
        let turns = [0.0, 30_000.0, 32_000.0, 61_000.0].map(|ms| BAD.turns_at(ms));
        assert_eq!(turns, [30_000.0, 32_000.0, 60_000.0, 62_000.0]);
        assert_eq!(Weather { cut_ms: 0.0, ..BAD }.turns_at(1.0), f64::INFINITY);
    }

    fn parsed(line: &str) -> Option<Line> {
        Line::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn a_line_is_the_mountains_unless_it_is_told_otherwise() {
        let line = parsed("--to 127.0.0.1:8443").expect("a line");
        assert_eq!((line.to.port(), line.listen.port(), line.weather), (8443, 0, MOUNTAINS));
        let told = parsed("--to 127.0.0.1:1 --rate 64 --rtt 300 --stall 0 --cut 0 --outage 5").expect("a line");
        let weather = Weather { kbit: 64.0, rtt_ms: 300.0, trouble: 0.0, cut_ms: 0.0, outage_ms: 5000.0, ..MOUNTAINS };
        assert_eq!(told.weather, weather);
        for wrong in ["", "--rate 64", "--to", "--to hub", "--to 127.0.0.1:1 --rate 0", "--to 127.0.0.1:1 --rtt -1"] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }
}
