//! What stays true in a simulated world. Each check is called by the sentence it holds to.

use super::seat::{Seat, Standing};
use super::world::World;
use super::{Broken, Checked};
use ::desk::store::scans::Scans;
use ::desk::store::{dossiers, ops};
use domain::code::DossierCode;
use domain::dossier::{Dossier, OpId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

/// Passes of everybody after which nothing may move any more.
const PASSES: usize = 16;

/// Where a log ends: its last number and the chain's head there.
type Ends = BTreeMap<u32, (u64, Vec<u8>)>;

/// What has to hold after everything that happens.
pub fn after_each(world: &mut World) -> Checked<()> {
    no_number_is_given_twice(world)?;
    let epoch = i64::try_from(world.office.epoch()).unwrap_or(0);
    for at in 0..world.seats.len() {
        let reached = world.seats[at].reach();
        let before = std::mem::replace(&mut world.seats[at].reached, reached);
        nothing_goes_back(at, &world.seats[at], &before)?;
        if world.seats[at].reached.epoch == epoch && !world.seats[at].is_twin {
            what_was_acknowledged_is_there(world, at)?;
        }
    }
    Ok(())
}

/// Lets everybody say and hear everything, and checks what has to hold then.
pub fn in_the_end(world: &mut World) -> Checked<()> {
    all_comes_to_rest(world)?;
    after_each(world)?;
    the_feed_has_no_gaps(world)?;
    no_effect_happens_twice(world)?;
    for at in 0..world.seats.len() {
        the_tables_are_the_fold(at, &world.seats[at])?;
        what_was_said_is_there(at, &world.seats[at])?;
        everything_has_arrived(world, at)?;
        scans_have_arrived(world, at)?;
    }
    what_was_forgotten_is_nowhere(world)?;
    equal_logs_give_equal_folds(world)
}

/// Personal parts of dossiers that were forgotten, by an operation that has effect.
const NOT_FORGOTTEN: &str =
    "SELECT count(*) FROM op WHERE personal IS NOT NULL AND EXISTS (SELECT 1 FROM op AS f WHERE f.kind = 17";

fn what_was_forgotten_is_nowhere(world: &World) -> Checked<()> {
    let broken = |found: String| Err(Broken::new("what was forgotten is nowhere", found));
    let there = "f.set_aside IS NULL AND f.agency = op.agency AND f.dossier_replica = op.dossier_replica AND f.dossier_seq = op.dossier_seq)";
    let left = world.office.count(&format!("{NOT_FORGOTTEN} AND {there}"));
    if left > 0 {
        return broken(format!("{left} personal parts at the hub"));
    }
    let here = "f.set_aside = '' AND f.dossier_origin = op.dossier_origin AND f.dossier_seq = op.dossier_seq)";
    for (at, seat) in world.seats.iter().enumerate() {
        let left: u64 = seat
            .desk()
            .store()
            .read(|connection| Ok(connection.query_row(&format!("{NOT_FORGOTTEN} AND {here}"), [], |row| row.get(0))?))
            .expect("a count");
        if left > 0 {
            return broken(format!("{left} personal parts at desk {at}"));
        }
    }
    Ok(())
}

fn no_number_is_given_twice(world: &World) -> Checked<()> {
    let mut given: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, seat) in world.seats.iter().enumerate() {
        for code in &seat.said {
            let Some(other) = given.insert(code, at) else { continue };
            // Copies of a whole machine that never met may; so may desks that nobody gave a lane.
            let twins = other != at && seat.machine == world.seats[other].machine;
            let laneless = other != at && DossierCode::parse(code).is_ok_and(|code| code.lane() == Some(0));
            if !twins && !laneless {
                return Err(Broken::new("no number is given twice", format!("{code} at desk {other} and desk {at}")));
            }
        }
    }
    Ok(())
}

fn nothing_goes_back(at: usize, seat: &Seat, before: &super::seat::Reached) -> Checked<()> {
    let now = &seat.reached;
    let same_number =
        now.logs.last().map(|log| (log.id, log.replica)) == before.logs.last().map(|log| (log.id, log.replica));
    if now.epoch != before.epoch || !same_number {
        return Ok(());
    }
    if now.cursor < before.cursor {
        let found = format!("desk {at}: from {} to {}", before.cursor, now.cursor);
        return Err(Broken::new("a cursor never goes back", found));
    }
    for log in &now.logs {
        let was = before.logs.iter().find(|was| was.id == log.id);
        if let Some(was) = was.filter(|was| was.acknowledged > log.acknowledged) {
            let found = format!("desk {at}, log {:?}: from {} to {}", log.replica, was.acknowledged, log.acknowledged);
            return Err(Broken::new("an acknowledgement is not taken back", found));
        }
    }
    Ok(())
}

fn what_was_acknowledged_is_there(world: &World, at: usize) -> Checked<()> {
    for log in &world.seats[at].reached.logs {
        let Some(replica) = log.replica.filter(|_| log.refused.is_empty()) else { continue };
        let end = world.office.count(&format!("SELECT ifnull(max(seq), 0) FROM op WHERE replica = {replica}"));
        if log.acknowledged > end {
            let found =
                format!("desk {at}: {} of log {replica} were acknowledged, the hub has {end}", log.acknowledged);
            return Err(Broken::new("nothing acknowledged is lost", found));
        }
    }
    Ok(())
}

fn all_comes_to_rest(world: &mut World) -> Checked<()> {
    for seat in &world.seats {
        seat.drift.store(0, Ordering::SeqCst);
    }
    if world.office.was_restored {
        // A desk of the first release cannot bring back what others have lost.
        world.seats.iter_mut().for_each(|seat| seat.is_old = false);
        for at in 0..world.seats.len() {
            drop(world.syncs(at)?);
        }
        world.office.resumes();
    }
    for at in 0..world.seats.len() {
        if world.seats[at].standing == Standing::Good {
            world.enrols(at);
        }
    }
    let mut before = Vec::new();
    for _ in 0..PASSES {
        let mut troubles = Vec::new();
        for at in 0..world.seats.len() {
            if let Err(error) = world.syncs(at)?
                && world.seats[at].standing == Standing::Good
                && !world.seats[at].is_twin
            {
                troubles.push(format!("desk {at}: {error:?}"));
            }
        }
        let mut now: Vec<String> = world.seats.iter().map(|seat| format!("{:?}", seat.reach())).collect();
        now.push(world.office.count("SELECT count(*) FROM op").to_string());
        if now == before {
            return match troubles.first() {
                None => Ok(()),
                Some(trouble) => Err(Broken::new("in the end everybody is heard", trouble.clone())),
            };
        }
        before = now;
    }
    Err(Broken::new("all comes to rest", "there is always something to say"))
}

fn the_feed_has_no_gaps(world: &World) -> Checked<()> {
    let sql = "SELECT count(*) FROM agency WHERE feed_end <> (SELECT count(*) FROM op WHERE op.agency = agency.agency)
               OR feed_end <> (SELECT ifnull(max(position), 0) FROM op WHERE op.agency = agency.agency)";
    match world.office.count(sql) {
        0 => Ok(()),
        _ => Err(Broken::new("a feed has no gaps", "positions and operations differ")),
    }
}

fn no_effect_happens_twice(world: &World) -> Checked<()> {
    let received = "SELECT count(*) FROM op WHERE kind = 1 AND set_aside IS NULL";
    let right = "SELECT count(*) FROM op JOIN outbox USING (agency, replica, seq)
                 WHERE kind = 1 AND set_aside IS NULL AND effect = 'dossier_received'";
    let counts = [received, right, "SELECT count(*) FROM outbox", "SELECT count(*) FROM dossier"];
    let counts = counts.map(|sql| world.office.count(sql));
    if counts.iter().any(|count| *count != counts[0]) {
        let found = format!("receptions, effects of theirs, effects, dossiers: {counts:?}");
        return Err(Broken::new("every effect happens once", found));
    }
    Ok(())
}

fn the_tables_are_the_fold(at: usize, seat: &Seat) -> Checked<()> {
    let verified = super::seat::unexpected("verifying", seat.desk().verify())?;
    match verified.faults.first() {
        None => Ok(()),
        Some(fault) => Err(Broken::new("the tables are the fold of the log", format!("desk {at}: {fault}"))),
    }
}

fn what_was_said_is_there(at: usize, seat: &Seat) -> Checked<()> {
    let shown: BTreeSet<String> = seat.shown().into_iter().collect();
    match seat.codes.difference(&shown).next() {
        None => Ok(()),
        Some(code) => Err(Broken::new("a printed receipt is a saved dossier", format!("desk {at}: {code} is gone"))),
    }
}

fn ends_at_the_hub(world: &World, agency: &str) -> Ends {
    let sql = "SELECT replica, max(seq), head FROM op WHERE agency = ?1 GROUP BY replica";
    let mut statement = world.office.store().prepare_cached(sql).expect("a statement");
    let rows = statement.query_map([agency], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))).expect("rows");
    rows.collect::<Result<_, _>>().expect("rows")
}

fn everything_has_arrived(world: &World, at: usize) -> Checked<()> {
    let seat = &world.seats[at];
    if !seat.is_enrolled() {
        return Ok(());
    }
    let hub = ends_at_the_hub(world, &seat.agency);
    for log in &seat.reached.logs {
        let Some(replica) = log.replica else { continue };
        let end = hub.get(&replica).cloned().unwrap_or((0, protocol::chain::START.to_vec()));
        let found = || {
            format!(
                "desk {at}: log {replica} ends with {} there, {} here, acknowledged {}",
                end.0, log.last_seq, log.acknowledged
            )
        };
        if !log.refused.is_empty() {
            if !seat.is_twin {
                return Err(Broken::new("only copies of a machine fork", format!("{}, {}", found(), log.refused)));
            }
            continue;
        }
        if log.acknowledged != log.last_seq || end.0 < log.last_seq || (end.0 == log.last_seq && end.1 != log.head) {
            return Err(Broken::new("in the end the hub holds everything", found()));
        }
    }
    if seat.standing != Standing::Good || seat.is_twin {
        return Ok(());
    }
    let here = seat.desk().store().read(|connection| {
        let known = ops::origins(connection)?.into_iter().filter(|log| log.last_seq > 0);
        Ok(known.filter_map(|log| Some((log.replica?, (log.last_seq, log.head.to_vec())))).collect::<Ends>())
    });
    let here = here.expect("the logs");
    if here != hub {
        let lengths = |ends: &Ends| ends.iter().map(|(replica, (last, _))| (*replica, *last)).collect::<Vec<_>>();
        let found = format!("desk {at} has {:?}, the hub {:?}", lengths(&here), lengths(&hub));
        return Err(Broken::new("in the end every desk holds everything", found));
    }
    Ok(())
}

fn scans_have_arrived(world: &World, at: usize) -> Checked<()> {
    let seat = &world.seats[at];
    if seat.is_old || seat.is_twin || !seat.is_enrolled() {
        return Ok(());
    }
    let scans = Scans::new(&super::template::place(seat.folder()), seat.key());
    let sql = "SELECT replica, hash FROM scan WHERE agency = ?1 AND whole_at IS NULL";
    let mut statement = world.office.store().prepare_cached(sql).expect("a statement");
    let rows = statement.query_map([&seat.agency], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
    for (replica, hash) in rows.collect::<Result<Vec<(u32, [u8; 32])>, _>>().expect("rows") {
        let is_own = seat.reached.logs.iter().any(|log| log.replica == Some(replica));
        if is_own && scans.size(&hash).is_some() {
            return Err(Broken::new(
                "in the end the hub holds every scan",
                format!("desk {at} has one that is lacking"),
            ));
        }
    }
    Ok(())
}

/// The dossiers of a desk by the operation that received each.
fn folds(seat: &Seat) -> BTreeMap<OpId, Dossier> {
    let read = seat.desk().store().read(|connection| {
        let mut statement = connection.prepare_cached("SELECT origin, seq FROM dossier")?;
        let places = statement.query_map([], |row| Ok(ops::At { origin: row.get(0)?, seq: row.get(1)? }))?;
        let mut folds = BTreeMap::new();
        for at in places {
            if let Some(dossier) = dossiers::load(connection, at?)? {
                folds.insert(dossier.id(), dossier);
            }
        }
        Ok(folds)
    });
    read.expect("the dossiers")
}

fn equal_logs_give_equal_folds(world: &World) -> Checked<()> {
    // What was set aside has its effect at its author's desk alone, and a person has to look.
    let sql = "SELECT dossier_replica, dossier_seq FROM op WHERE set_aside IS NOT NULL AND dossier_replica IS NOT NULL";
    let mut statement = world.office.store().prepare_cached(sql).expect("a statement");
    let rows = statement.query_map([], |row| Ok(OpId { replica: row.get(0)?, seq: row.get(1)? })).expect("rows");
    let aside: BTreeSet<OpId> = rows.collect::<Result<_, _>>().expect("rows");
    let mut first: BTreeMap<&str, (usize, BTreeMap<OpId, Dossier>)> = BTreeMap::new();
    for (at, seat) in world.seats.iter().enumerate() {
        if seat.standing != Standing::Good || seat.is_twin || !seat.is_enrolled() {
            continue;
        }
        let mut folds = folds(seat);
        folds.retain(|id, _| !aside.contains(id));
        let Some((other, expected)) = first.get(seat.agency.as_str()) else {
            first.insert(&seat.agency, (at, folds));
            continue;
        };
        if let Some(id) = expected.keys().chain(folds.keys()).find(|id| expected.get(id) != folds.get(id)) {
            let found = format!("dossier {}/{} at desk {other} and desk {at}", id.replica, id.seq);
            return Err(Broken::new("equal logs give equal folds", found));
        }
    }
    for (agency, (at, folds)) in &first {
        let held = dossiers_at_the_hub(world, agency);
        for (id, dossier) in folds {
            let alias = dossier.aliases().last().map(|alias| alias.as_str().to_owned());
            let right = (dossier.received().code.as_str().to_owned(), alias, dossier.state().number());
            if held.get(id) != Some(&right) {
                let found = format!("{}/{}: {:?} there, {right:?} at desk {at}", id.replica, id.seq, held.get(id));
                return Err(Broken::new("the hub's fold is the desks'", found));
            }
        }
    }
    Ok(())
}

/// Dossiers of an agency as the hub shows them: number, official code, state.
fn dossiers_at_the_hub(world: &World, agency: &str) -> BTreeMap<OpId, (String, Option<String>, u8)> {
    let sql = "SELECT replica, seq, code, alias, state FROM dossier WHERE agency = ?1";
    let mut statement = world.office.store().prepare_cached(sql).expect("a statement");
    let row = |row: &rusqlite::Row<'_>| {
        Ok((OpId { replica: row.get(0)?, seq: row.get(1)? }, (row.get(2)?, row.get(3)?, row.get(4)?)))
    };
    statement.query_map([agency], row).expect("rows").collect::<Result<_, _>>().expect("rows")
}
