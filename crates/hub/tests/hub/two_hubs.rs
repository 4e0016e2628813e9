//! Two hubs in front of one store behave as one.

use crate::process::{Serving, enrolled};
use crate::support::{Desk, Home, client, key_hash_in};
use protocol::enrolment::KeyHash;
use protocol::frame::{self, Dictionary};
use protocol::message::{Relayed, SYNC, Signed, SyncReply, SyncRequest};
use reqwest::blocking::Client;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

/// Desks of one commune that send at once.
const DESKS: usize = 4;
/// Dossiers each of them receives; a remark on each follows.
const DOSSIERS: u64 = 30;
/// Operations in a request.
const AT_A_TIME: u64 = 3;

/// A commune's way to whichever hub answers.
struct Way {
    client: Client,
    key: KeyHash,
    urls: [String; 2],
}

impl Way {
    fn new(home: &Home, hubs: [&Serving; 2]) -> Self {
        Self { client: client(home.data()), key: key_hash_in(home.data()), urls: hubs.map(|hub| hub.url.clone()) }
    }

    /// What one hub answers; `None` where it was killed before it had.
    fn ask(&self, hub: usize, desk: &Desk, request: &SyncRequest) -> Option<SyncReply> {
        let frame = frame::pack(request, Dictionary::NEWEST).expect("a frame");
        let body = Signed::new(&desk.key, &self.key, SYNC, frame).encode();
        let response = self.client.post(format!("{}{SYNC}", self.urls[hub % 2])).body(body).send().ok()?;
        assert_eq!(response.status(), 200);
        frame::unpack(&response.bytes().ok()?).ok()
    }

    /// Sends a desk's whole log, request by request, to the hubs in turn, and counts what is acknowledged.
    fn send(&self, desk: &Desk, acknowledged: &AtomicU64) {
        let (mut held, mut turn) = (0, desk.replica as usize);
        while held < desk.log.len() as u64 {
            turn += 1;
            let request = desk.request(held + 1, (held + AT_A_TIME).min(desk.log.len() as u64));
            if let Some(reply) = self.ask(turn, desk, &request) {
                assert!(reply.acknowledged >= held && reply.set_aside.is_empty(), "{reply:?}");
                acknowledged.fetch_add(reply.acknowledged - held, Ordering::SeqCst);
                held = reply.acknowledged;
            }
        }
    }

    /// Listens at both hubs in turn until so many operations were heard.
    fn listen(&self, desk: &mut Desk, count: usize) {
        let mut turn = 0;
        while desk.heard.len() < count {
            turn += 1;
            if let Some(reply) = self.ask(turn, desk, &desk.request(1, 0)) {
                assert!(reply.cursor >= desk.cursor || reply.ops.is_empty(), "it never goes back");
                desk.cursor = reply.cursor;
                desk.heard.extend(reply.ops);
            }
        }
    }
}

fn busy_desk(serving: &Serving, home: &Home, lane: usize) -> Desk {
    let mut desk = enrolled(serving, home);
    for number in 1..=DOSSIERS {
        let dossier = desk.receive(&format!("H56.14-261122-{lane:02}{number:03}"));
        desk.note(dossier, "một việc");
    }
    desk
}

fn in_order_and_once(heard: &[Relayed]) -> bool {
    let ids: Vec<_> = heard.iter().map(|op| (op.replica, op.seq)).collect();
    let replicas: BTreeSet<u32> = ids.iter().map(|(replica, _)| *replica).collect();
    replicas.iter().all(|replica| {
        let log = ids.iter().filter(|(writer, _)| writer == replica).map(|(_, seq)| *seq);
        log.eq(1..=2 * DOSSIERS)
    })
}

#[test]
fn a_reader_between_two_hubs_hears_everything_once_and_in_order() {
    let home = Home::new();
    let hubs = [Serving::start(&home), Serving::start(&home)];
    let way = Way::new(&home, [&hubs[0], &hubs[1]]);
    let desks: Vec<Desk> = (0..DESKS).map(|n| busy_desk(&hubs[n % 2], &home, n + 1)).collect();
    let mut listener = enrolled(&hubs[1], &home);
    let all = DESKS as u64 * 2 * DOSSIERS;
    let acknowledged = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for desk in &desks {
            scope.spawn(|| way.send(desk, &acknowledged));
        }
        scope.spawn(|| way.listen(&mut listener, usize::try_from(all).expect("few")));
    });
    assert_eq!(acknowledged.into_inner(), all);
    assert!(in_order_and_once(&listener.heard));
    all_is_there_once(&home, all);
}

#[test]
fn one_of_two_hubs_killed_in_the_middle_loses_nothing_acknowledged() {
    let home = Home::new();
    let (killed, other) = (Serving::start(&home), Serving::start(&home));
    let way = Way::new(&home, [&killed, &other]);
    let desks: Vec<Desk> = (0..DESKS).map(|n| busy_desk(&other, &home, n + 1)).collect();
    let mut listener = enrolled(&other, &home);
    let all = DESKS as u64 * 2 * DOSSIERS;
    let acknowledged = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for desk in &desks {
            scope.spawn(|| way.send(desk, &acknowledged));
        }
        // In the middle of the work: a third of it has been heard of.
        way.listen(&mut listener, usize::try_from(all / 3).expect("few"));
        let before = acknowledged.load(Ordering::SeqCst);
        killed.kill();
        let held = home.count("SELECT count(*) FROM op");
        assert!(held >= i64::try_from(before).expect("few"), "{before} acknowledged, {held} held");
        way.listen(&mut listener, usize::try_from(all).expect("few"));
    });
    assert_eq!(acknowledged.into_inner(), all);
    assert!(in_order_and_once(&listener.heard));
    all_is_there_once(&home, all);
}

fn all_is_there_once(home: &Home, all: u64) {
    let (all, dossiers) = (i64::try_from(all).expect("few"), i64::try_from(DESKS as u64 * DOSSIERS).expect("few"));
    assert_eq!(home.count("SELECT count(*) FROM op"), all);
    assert_eq!(home.count("SELECT count(DISTINCT position) FROM op WHERE position >= 1"), all);
    assert_eq!(home.count("SELECT max(position) FROM op"), all);
    assert_eq!(home.count("SELECT count(*) FROM dossier"), dossiers);
    assert_eq!(home.count("SELECT count(*) FROM outbox"), dossiers);
}

#[test]
fn numbers_and_lanes_are_given_once_whichever_hub_is_asked() {
    let home = Home::new();
    let hubs = [Serving::start(&home), Serving::start(&home)];
    std::thread::scope(|scope| {
        for n in 0..12 {
            let (home, hub) = (&home, &hubs[n % 2]);
            scope.spawn(move || enrolled(hub, home));
        }
    });
    assert_eq!(home.count("SELECT count(DISTINCT desk) FROM desk"), 12);
    assert_eq!(home.count("SELECT count(DISTINCT replica) FROM lease"), 60);
    assert_eq!(home.count("SELECT count(DISTINCT lane) FROM lease"), 60);
}

#[test]
fn two_hubs_that_start_at_once_found_one() {
    let home = Home::new();
    std::thread::scope(|scope| {
        let starting: Vec<_> = (0..2).map(|_| scope.spawn(|| Serving::start(&home))).collect();
        for hub in starting {
            enrolled(&hub.join().expect("a hub"), &home);
        }
    });
    assert_eq!(home.count("SELECT count(*) FROM desk WHERE device IS NOT NULL"), 2);
}
