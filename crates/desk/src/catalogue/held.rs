//! The catalogue as a desk holds it: the starter catalogue, and over it every version imported here.

use super::{builtin, from_json};
use domain::catalogue::search::{Hit, Index};
use domain::catalogue::{Procedure, on_day, version_on};
use jiff::civil::Date;
use std::sync::Mutex;

/// All versions a desk knows.
pub struct Catalogue {
    versions: Vec<Procedure>,
    /// The search index of a day, made when it is first asked for.
    index: Mutex<Option<(Date, Index, Vec<usize>)>>,
}

impl Catalogue {
    /// The starter catalogue with stored versions over it. A stored body that cannot be read is passed over and logged: it is
    /// still in the store for a release that can.
    pub fn with_stored(bodies: &[String]) -> Self {
        let mut versions = builtin().to_vec();
        for body in bodies {
            match from_json(body) {
                Ok(version) => {
                    let same =
                        |old: &Procedure| old.code == version.code && old.effective_from == version.effective_from;
                    versions.retain(|old| !same(old));
                    versions.push(version);
                }
                Err(error) => log::error!("a stored catalogue version cannot be read: {error}"),
            }
        }
        Self { versions, index: Mutex::new(None) }
    }

    /// Every version.
    pub fn versions(&self) -> &[Procedure] {
        &self.versions
    }

    /// The version in force on a day.
    pub fn in_force(&self, code: &str, day: Date) -> Option<&Procedure> {
        version_on(&self.versions, code, day)
    }

    /// The version that began on a day.
    pub fn version(&self, code: &str, began: Date) -> Option<&Procedure> {
        self.versions.iter().find(|version| version.code == code && version.effective_from == began)
    }

    /// Any version, for its name.
    pub fn named(&self, code: &str) -> Option<&Procedure> {
        self.versions.iter().rev().find(|version| version.code == code)
    }

    /// The versions in force on a day that a text finds, best first; with no text, the most used. `uses` are counts by code.
    pub fn find(&self, query: &str, limit: usize, day: Date, uses: &[(String, u32)]) -> Vec<&Procedure> {
        let used = |procedure: &Procedure| {
            uses.iter().find(|(code, _)| *code == procedure.code).map_or(0, |(_, times)| *times)
        };
        if query.trim().is_empty() {
            let mut all = on_day(&self.versions, day);
            all.sort_by_key(|procedure| std::cmp::Reverse(used(procedure)));
            all.truncate(limit);
            return all;
        }
        let mut held = self.index.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if held.as_ref().is_none_or(|(of, ..)| *of != day) {
            let current = on_day(&self.versions, day);
            let places =
                current.iter().filter_map(|version| self.versions.iter().position(|v| std::ptr::eq(v, *version)));
            *held = Some((day, Index::new(current.iter().copied()), places.collect()));
        }
        let Some((_, index, places)) = held.as_ref() else { return Vec::new() };
        let counts: Vec<u32> = places.iter().filter_map(|place| self.versions.get(*place)).map(used).collect();
        let found = |hit: &Hit| self.versions.get(*places.get(hit.position)?);
        index.find_by_use(query, limit, &counts).iter().filter_map(found).collect()
    }
}
