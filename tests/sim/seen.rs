//! What has to occur in worlds, so that nobody is content with worlds in which nothing happens.

use super::world::World;
use ::desk::store::dossiers::count_review;
use std::collections::BTreeSet;

/// Every one, in words.
pub const ALL: [&str; 10] = [
    "a desk went on under a spare number",
    "a desk went on without a number",
    "a log was refused: two copies had written",
    "an operation was set aside",
    "the hub was put back",
    "two desks' work met on a card",
    "a scan arrived whole",
    "desks wrote to each other's dossiers",
    "a time far ahead was noted",
    "a dossier was forgotten",
];

/// Which of them occurred in a world.
pub fn of(world: &World) -> BTreeSet<&'static str> {
    let logs = || world.seats.iter().flat_map(|seat| seat.reached.logs.iter());
    let cards = world.seats.iter().any(|seat| seat.desk().store().read(count_review).is_ok_and(|cards| cards > 0));
    let rows = |sql: &str| world.office.count(sql) > 0;
    let occurred = [
        world.seats.iter().any(|seat| seat.reached.logs.iter().filter(|log| log.replica.is_some()).count() > 1),
        logs().any(|log| log.replica.is_none() || log.lane == 0),
        logs().any(|log| !log.refused.is_empty()),
        rows("SELECT count(*) FROM op WHERE set_aside IS NOT NULL"),
        world.office.was_restored,
        cards,
        rows("SELECT count(*) FROM scan WHERE whole_at IS NOT NULL"),
        rows("SELECT count(*) FROM op WHERE dossier_replica <> replica"),
        rows("SELECT count(*) FROM clock_note"),
        rows("SELECT count(*) FROM forgotten"),
    ];
    ALL.into_iter().zip(occurred).filter(|(_, occurred)| *occurred).map(|(words, _)| words).collect()
}
