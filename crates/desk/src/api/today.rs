//! The first screen of the day.

use super::Desk;
use super::dossiers::DossierRow;
use super::drafts::DraftRow;
use super::opening::Notice;
use crate::error::Result;
use crate::store::dossiers::{self, Filter};
use serde::Serialize;
use ts_rs::TS;

/// What is to do.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Today {
    /// Today, ISO.
    pub date: String,
    /// Due before the day ends.
    pub due_today: u32,
    /// Past due.
    pub late: u32,
    /// Not finished.
    pub open: u32,
    /// Received today.
    pub received_today: u32,
    /// Not finished, by due moment.
    pub rows: Vec<DossierRow>,
    /// To continue.
    pub drafts: Vec<DraftRow>,
    /// To know.
    pub notices: Vec<Notice>,
}

impl Desk {
    /// What is to do today.
    pub fn today(&self) -> Result<Today> {
        let now = self.now()?;
        let (counts, rows) = self.store.read(|connection| {
            let rows = dossiers::list(connection, Filter::Open, &now.to_string(), 50, 0)?;
            Ok((dossiers::counts(connection, &now.to_string())?, rows))
        })?;
        let small = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let (due_today, late, open, received_today) = counts;
        Ok(Today {
            date: now.date().to_string(),
            due_today: small(due_today),
            late: small(late),
            open: small(open),
            received_today: small(received_today),
            rows: rows.into_iter().map(|row| self.row(row, now)).collect::<Result<_>>()?,
            drafts: self.drafts()?,
            notices: self.notices()?,
        })
    }
}
