//! Figures: how they are taken from many runs, and how they are handed on.

use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use std::time::Instant;

/// One figure, beside a rival's where one was measured in the same run.
#[derive(Debug, Clone)]
pub struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    peer: Option<(String, f64)>,
}

impl Figure {
    /// A figure of ours, told at once: a bench may go on for minutes.
    pub fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        let name = name.into();
        eprintln!("{name}: {value:.2} {unit}");
        Self { name, value, unit, peer: None }
    }

    /// With a rival's beside it.
    pub fn beside(self, peer: impl Into<String>, value: f64) -> Self {
        Self { peer: Some((peer.into(), value)), ..self }
    }

    /// As `cargo xtask bench` reads it.
    pub fn json(&self) -> Value {
        let (peer, peer_value) = self.peer.clone().unzip();
        json!({ "name": self.name, "value": self.value, "unit": self.unit, "peer": peer, "peer_value": peer_value })
    }
}

/// Seconds this process has spent on processors.
pub fn processor_seconds() -> f64 {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}

/// Many measurements of one thing.
#[derive(Debug, Default, Clone)]
pub struct Sample(Vec<f64>);

impl Sample {
    /// The mean.
    pub fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len().max(1) as f64
    }

    /// Adds one.
    pub fn add(&mut self, value: f64) {
        self.0.push(value);
    }

    /// Measures a piece of work in milliseconds by the clock on the wall.
    pub fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let result = work();
        self.add(begun.elapsed().as_secs_f64() * 1e3);
        result
    }

    /// Measures a piece of work in milliseconds this thread spent on a processor, so that neighbours do not count.
    pub fn processor<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let spent = || {
            let now = clock_gettime(ClockId::ThreadCPUTime);
            now.tv_sec as f64 * 1e3 + now.tv_nsec as f64 / 1e6
        };
        let begun = spent();
        let result = work();
        self.add(spent() - begun);
        result
    }

    /// The value that `percent` of the measurements do not exceed; 0 without any.
    pub fn at(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = (sorted.len() * percent).div_ceil(100).max(1) - 1;
        sorted.get(rank).copied().unwrap_or(0.0)
    }
}
