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

/// The last numbers given on the latest days, as day, lane, number: enough for every lane a desk may use in a day.
pub fn latest(connection: &Connection) -> Result<Vec<(String, u8, u16)>> {
    let mut statement =
        connection.prepare_cached("SELECT day, lane, last FROM day_number ORDER BY day DESC, lane LIMIT 16")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Makes sure that nothing up to these numbers (day, lane, number) is given again.
pub fn raise_all(writing: &mut Writing<'_>, given: &[(String, u8, u16)]) -> Result<()> {
    given.iter().try_for_each(|(day, lane, number)| raise_to(writing, day, *lane, *number))
}

/// Makes sure that nothing up to `number` is given again.
pub fn raise(writing: &mut Writing<'_>, day: Date, lane: u8, number: u16) -> Result<()> {
    raise_to(writing, &day.to_string(), lane, number)
}

fn raise_to(writing: &mut Writing<'_>, day: &str, lane: u8, number: u16) -> Result<()> {
    writing
        .tx
        .prepare_cached(
            "INSERT INTO day_number (day, lane, last) VALUES (?1, ?2, ?3)
             ON CONFLICT (day, lane) DO UPDATE SET last = max(last, excluded.last)",
        )?
        .execute(params![day, lane, number])?;
    Ok(())
}
