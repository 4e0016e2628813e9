//! Numbers of dossiers: each lane counts from 1 every day, and no number is given twice.

use super::Writing;
use super::ops;
use crate::error::{Code, Error, Result};
use domain::code::{AgencyCode, DossierCode, Lane};
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, params};

/// The next number of the day: from the desk's lane, and when that is full from `spare` lanes in turn.
pub fn mint(writing: &mut Writing<'_>, agency: &AgencyCode, day: Date, spare: &[u8]) -> Result<DossierCode> {
    let own = ops::own(&writing.tx)?;
    for number in std::iter::once(own.lane).chain(spare.iter().copied()) {
        let Some(lane) = Lane::new(number) else { continue };
        let next = last(&writing.tx, day, number)? + 1;
        if next <= Lane::WIDTH {
            raise(writing, day, number, next)?;
            return Ok(DossierCode::mint(agency, day, lane, next));
        }
    }
    Err(Error::new(Code::NumbersExhausted))
}

/// The last number given in a lane on a day, 0 for none.
pub fn last(connection: &Connection, day: Date, lane: u8) -> Result<u16> {
    let mut statement = connection.prepare_cached("SELECT last FROM day_number WHERE day = ?1 AND lane = ?2")?;
    Ok(statement.query_row(params![day.to_string(), lane], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// Makes sure that nothing up to `number` is given again.
pub fn raise(writing: &mut Writing<'_>, day: Date, lane: u8, number: u16) -> Result<()> {
    writing
        .tx
        .prepare_cached(
            "INSERT INTO day_number (day, lane, last) VALUES (?1, ?2, ?3)
             ON CONFLICT (day, lane) DO UPDATE SET last = max(last, excluded.last)",
        )?
        .execute(params![day.to_string(), lane, number])?;
    Ok(())
}
