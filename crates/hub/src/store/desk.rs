//! `desk`: computers that are desks of an agency, or have a one-time code to become one.

use super::value::{Row, values};
use super::{Door, Fault, Reader};
use protocol::roster::Member;

/// One computer.
#[derive(Debug, Clone)]
pub struct Desk {
    /// Its agency.
    pub agency: String,
    /// Its number in the administrator's list.
    pub desk: u32,
    /// The administrator's name for it.
    pub name: String,
    /// When its one-time code was made.
    pub code_made_at: u64,
    /// How often the code was tried in vain.
    pub failed_tries: u32,
    /// Its Ed25519 key, once enrolled.
    pub device: Option<[u8; 32]>,
    /// What it calls itself.
    pub label: String,
    /// When it enrolled.
    pub enrolled_at: Option<u64>,
    /// When it was revoked.
    pub revoked_at: Option<u64>,
    /// Whether it was revoked as stolen.
    pub stolen: bool,
    /// When all it has was heard, after the hub was put back from a backup.
    pub heard_at: Option<u64>,
    /// Whether it is a volunteer's: it hands in what it has, and hears of nobody else's.
    pub is_volunteer: bool,
}

impl Desk {
    /// Whether it hears of the other desks' dossiers.
    pub fn hears(&self) -> bool {
        self.revoked_at.is_none() && !self.is_volunteer
    }
}

/// What a [`Desk`] is read from.
macro_rules! select {
    ($from:literal) => {
        concat!(
            "SELECT agency, desk, name, code_made_at, failed_tries, device, label, enrolled_at, revoked_at, stolen, heard_at, volunteer ",
            $from
        )
    };
}

fn desk(mut row: Row) -> Result<Desk, Fault> {
    from(&mut row)
}

fn from(row: &mut Row) -> Result<Desk, Fault> {
    Ok(Desk {
        agency: row.take()?,
        desk: row.take()?,
        name: row.take()?,
        code_made_at: row.take()?,
        failed_tries: row.take()?,
        device: row.take()?,
        label: row.take()?,
        enrolled_at: row.take()?,
        revoked_at: row.take()?,
        stolen: row.take()?,
        heard_at: row.take()?,
        is_volunteer: row.take()?,
    })
}

/// Every desk, by number.
pub fn all(store: &Reader<'_>) -> Result<Vec<Desk>, Fault> {
    store.query(select!("FROM desk ORDER BY desk"), &[])?.into_iter().map(desk).collect()
}

/// An agency's desks, by number.
pub fn of_agency(store: &Reader<'_>, agency: &str) -> Result<Vec<Desk>, Fault> {
    store.query(select!("FROM desk WHERE agency = $1 ORDER BY desk"), &values![agency])?.into_iter().map(desk).collect()
}

/// The desk with this number.
pub fn by_number(store: &Reader<'_>, number: u32) -> Result<Option<Desk>, Fault> {
    store.first(select!("FROM desk WHERE desk = $1"), &values![number])?.map(desk).transpose()
}

/// The desk a one-time code was made for.
pub fn by_code(store: &Reader<'_>, code_hash: &[u8; 32]) -> Result<Option<Desk>, Fault> {
    store.first(select!("FROM desk WHERE code_hash = $1"), &values![code_hash])?.map(desk).transpose()
}

/// The desk that holds a replica number.
pub fn by_replica(store: &Reader<'_>, replica: u32) -> Result<Option<Desk>, Fault> {
    let sql = select!("FROM lease JOIN desk USING (agency, desk) WHERE replica = $1");
    store.first(sql, &values![replica])?.map(desk).transpose()
}

/// A desk that speaks for a replica, and what an answer to it begins with.
#[derive(Debug)]
pub struct Standing {
    /// The desk.
    pub desk: Desk,
    /// The hub's epoch.
    pub epoch: u32,
    /// The last position of its agency's feed.
    pub feed_end: u64,
    /// The replica's last operation that a backup holds.
    pub backed_up: Option<u64>,
}

/// The standing of the desk that holds a replica number, with one statement.
pub fn standing(store: &Reader<'_>, replica: u32) -> Result<Option<Standing>, Fault> {
    let sql = "SELECT agency, desk, name, code_made_at, failed_tries, device, label, enrolled_at, revoked_at, stolen, heard_at, volunteer,
                      (SELECT epoch FROM hub WHERE one = 1), feed_end,
                      (SELECT seq FROM backed_up WHERE backed_up.agency = desk.agency AND backed_up.replica = $1)
               FROM lease JOIN desk USING (agency, desk) JOIN agency USING (agency) WHERE replica = $1";
    let Some(mut row) = store.first(sql, &values![replica])? else { return Ok(None) };
    let desk = from(&mut row)?;
    Ok(Some(Standing { desk, epoch: row.take()?, feed_end: row.take()?, backed_up: row.take()? }))
}

/// A desk to be added.
#[derive(Debug, Clone, Copy)]
pub struct NewDesk<'n> {
    /// Its number.
    pub desk: u32,
    /// The administrator's name for it.
    pub name: &'n str,
    /// Of its one-time code.
    pub code_hash: &'n [u8; 32],
    /// Whether it is a volunteer's.
    pub is_volunteer: bool,
}

/// Adds a desk that has a one-time code.
pub fn add(door: &Door<'_>, agency: &str, new: &NewDesk<'_>, now: u64) -> Result<(), Fault> {
    begin_agency(door, agency)?;
    let NewDesk { desk, name, code_hash, is_volunteer } = *new;
    let sql =
        "INSERT INTO desk (agency, desk, name, code_hash, code_made_at, volunteer) VALUES ($1, $2, $3, $4, $5, $6)";
    door.execute(sql, &values![agency, desk, name, code_hash, now, is_volunteer])
}

fn begin_agency(door: &Door<'_>, agency: &str) -> Result<(), Fault> {
    let known = "INSERT INTO agency (agency) VALUES ($1) ON CONFLICT (agency) DO NOTHING";
    door.execute(known, &values![agency])
}

/// Adds a desk that this hub enrolled once and has forgotten. Its one-time code is spent.
pub fn add_again(door: &Door<'_>, agency: &str, member: &Member) -> Result<(), Fault> {
    begin_agency(door, agency)?;
    let sql =
        "INSERT INTO desk (agency, desk, name, code_hash, code_made_at, volunteer) VALUES ($1, $2, $3, $4, $5, $6)";
    let (no_code, is_volunteer) = ([0_u8; 0], member.is_volunteer());
    door.execute(sql, &values![agency, member.desk, &member.name, no_code.as_slice(), member.enrolled_at, is_volunteer])
}

/// Notes that all a desk has was heard.
pub fn heard(door: &Door<'_>, desk: &Desk, now: u64) -> Result<(), Fault> {
    let sql = "UPDATE desk SET heard_at = $3 WHERE agency = $1 AND desk = $2";
    door.execute(sql, &values![&desk.agency, desk.desk, now])
}

/// How often an agency's desks have changed.
pub fn roster_version(store: &Reader<'_>, agency: &str) -> Result<u64, Fault> {
    let row = store.first("SELECT roster FROM agency WHERE agency = $1", &values![agency])?;
    row.map_or(Ok(0), |mut row| row.take())
}

fn changed(door: &Door<'_>, agency: &str) -> Result<(), Fault> {
    door.execute("UPDATE agency SET roster = roster + 1 WHERE agency = $1", &values![agency])
}

/// Counts a try of the code in vain.
pub fn tried_in_vain(door: &Door<'_>, desk: &Desk) -> Result<(), Fault> {
    let sql = "UPDATE desk SET failed_tries = failed_tries + 1 WHERE agency = $1 AND desk = $2";
    door.execute(sql, &values![&desk.agency, desk.desk])
}

/// Binds the desk to its computer's key.
pub fn enrol(door: &Door<'_>, desk: &Desk, device: &[u8; 32], label: &str, now: u64) -> Result<(), Fault> {
    let sql = "UPDATE desk SET device = $3, label = $4, enrolled_at = $5 WHERE agency = $1 AND desk = $2";
    door.execute(sql, &values![&desk.agency, desk.desk, device, label, now])?;
    changed(door, &desk.agency)
}

/// Revokes the desk.
pub fn revoke(door: &Door<'_>, desk: &Desk, stolen: bool, now: u64) -> Result<(), Fault> {
    let sql = "UPDATE desk SET revoked_at = $3, stolen = $4 WHERE agency = $1 AND desk = $2";
    door.execute(sql, &values![&desk.agency, desk.desk, now, stolen])?;
    changed(door, &desk.agency)
}
