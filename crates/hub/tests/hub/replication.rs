//! Operations go up in order and come down once.

use crate::support::{CAO_SON, Desk, LUNG_CU, Province};
use domain::dossier::OpId;
use hub::Refusal;
use proptest::prelude::*;
use protocol::chain::Checkpoint;
use protocol::frame::{self, Dictionary};
use protocol::message::{ENROL, Relayed, SYNC, Signed};

fn ids(relayed: &[Relayed]) -> Vec<(u32, u64)> {
    relayed.iter().map(|op| (op.replica, op.seq)).collect()
}

#[test]
fn two_desks_hear_each_others_operations_once_and_unchanged() {
    let province = Province::new();
    let (mut one, mut two) = (province.desk(CAO_SON, "Bàn 1"), province.desk(CAO_SON, "Bàn 2"));
    let mut far = province.desk(LUNG_CU, "Bàn 1");
    let dossier = one.receive("H56.14-261122-01001");
    let reply = one.sync(&province).expect("an answer");
    assert_eq!((reply.acknowledged, reply.set_aside.len(), reply.ops.len()), (1, 0, 0));
    assert_eq!(reply.time_ms, province.now());

    two.sync(&province).expect("an answer");
    two.note(dossier, "đã gọi điện");
    two.sync(&province).expect("an answer");
    one.sync(&province).expect("an answer");
    for _ in 0..2 {
        one.sync(&province).expect("an answer");
        two.sync(&province).expect("an answer");
        far.sync(&province).expect("an answer");
    }
    assert_eq!(ids(&two.heard), [(one.replica, 1)]);
    assert_eq!(ids(&one.heard), [(two.replica, 1)]);
    assert_eq!(ids(&far.heard), [], "another agency hears nothing");
    let heard = two.heard.first().expect("an operation").clone();
    assert_eq!(protocol::op::Encoded::from(heard.op), one.log[0]);
}

#[test]
fn the_same_request_again_changes_nothing() {
    let province = Province::new();
    let (mut one, two) = (province.desk(CAO_SON, "Bàn 1"), province.desk(CAO_SON, "Bàn 2"));
    let dossier = one.receive("H56.14-261122-01001");
    one.note(dossier, "một");
    let body = {
        let frame = frame::pack(&one.request(1, 2), Dictionary::NEWEST).expect("a frame");
        Signed::new(&one.key, &province.hub().key_hash, SYNC, frame).encode()
    };
    let answers: Vec<_> = (0..3).map(|_| province.post(SYNC, body.clone())).collect();
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer.0 == 200));
    assert_eq!(province.count("SELECT count(*) FROM op"), 2);
    assert_eq!(province.count("SELECT max(position) FROM op"), 2);
    assert_eq!(province.count("SELECT count(*) FROM outbox"), 1);
    assert_eq!(ids(&two.send_from(&province, 1).expect("an answer").ops).len(), 2);
}

#[test]
fn a_gap_is_answered_with_where_to_go_on() {
    let province = Province::new();
    let mut desk = province.desk(CAO_SON, "Bàn 1");
    let dossier = desk.receive("H56.14-261122-01001");
    for n in 0..4 {
        desk.note(dossier, &n.to_string());
    }
    desk.ask(&province, &desk.request(1, 2)).expect("an answer");
    let reply = desk.ask(&province, &desk.request(4, 5)).expect("not an error");
    assert_eq!(reply.acknowledged, 2);
    assert_eq!(province.count("SELECT count(*) FROM op"), 2, "nothing of it was kept");
    let reply = desk.ask(&province, &desk.request(reply.acknowledged + 1, 5)).expect("an answer");
    assert_eq!(reply.acknowledged, 5);
    let reply = desk.ask(&province, &desk.request(2, 4)).expect("an answer");
    assert_eq!(reply.acknowledged, 5, "what overlaps is known");
}

#[test]
fn a_clone_that_writes_on_its_own_is_found() {
    let province = Province::new();
    let mut desk = province.desk(CAO_SON, "Bàn 1");
    let dossier = desk.receive("H56.14-261122-01001");
    let mut clone = desk.clone();
    desk.note(dossier, "bản gốc");
    clone.note(dossier, "bản sao");
    clone.note(dossier, "bản sao nữa");
    desk.sync(&province).expect("an answer");
    assert_eq!(clone.send_from(&province, 1), Err(Refusal::Fork));
    assert_eq!(clone.send_from(&province, 2), Err(Refusal::Fork));
    assert_eq!(clone.send_from(&province, 3), Err(Refusal::Checkpoint), "its chain is not the one the hub holds");
    let mut probe = clone.request(4, 3);
    probe.checkpoint = Some(Checkpoint::sign(&clone.key, clone.replica, 2, clone.head(2)));
    assert_eq!(clone.ask(&province, &probe), Err(Refusal::Fork), "a signed head alone shows it too");
    assert_eq!(province.count("SELECT count(*) FROM op"), 2);
    assert_eq!(desk.send_from(&province, 1).expect("an answer").acknowledged, 2, "the first branch goes on");
}

#[test]
fn operations_without_a_fitting_checkpoint_are_refused() {
    let province = Province::new();
    let mut desk = province.desk(CAO_SON, "Bàn 1");
    let other = province.desk(CAO_SON, "Bàn 2");
    desk.receive("H56.14-261122-01001");
    let good = desk.request(1, 1);
    let head = desk.head(1);
    let replica = desk.replica;
    for checkpoint in [
        None,
        Some(Checkpoint::sign(&other.key, replica, 1, head)),
        Some(Checkpoint::sign(&desk.key, other.replica, 1, head)),
        Some(Checkpoint::sign(&desk.key, replica, 2, head)),
        Some(Checkpoint::sign(&desk.key, replica, 1, [1; 32])),
    ] {
        let mut request = good.clone();
        request.checkpoint = checkpoint;
        assert_eq!(desk.ask(&province, &request), Err(Refusal::Checkpoint));
    }
    assert_eq!(province.count("SELECT count(*) FROM op"), 0);
    assert_eq!(province.count("SELECT count(*) FROM checkpoint"), 0);
    desk.ask(&province, &good).expect("an answer");
    assert_eq!(province.count("SELECT count(*) FROM checkpoint"), 1);
}

#[test]
fn only_the_device_that_holds_a_replica_speaks_for_it() {
    let province = Province::new();
    let (mut one, two) = (province.desk(CAO_SON, "Bàn 1"), province.desk(CAO_SON, "Bàn 2"));
    one.receive("H56.14-261122-01001");
    let request = one.request(1, 1);
    assert_eq!(two.ask(&province, &request), Err(Refusal::Signature));
    let frame = frame::pack(&request, Dictionary::NEWEST).expect("a frame");
    let elsewhere = Signed::new(&one.key, &protocol::enrolment::KeyHash([0; 12]), SYNC, frame.clone());
    assert_eq!(province.post(SYNC, elsewhere.encode()).0, 401, "signed for another hub");
    let another_path = Signed::new(&one.key, &province.hub().key_hash, ENROL, frame);
    assert_eq!(province.post(SYNC, another_path.encode()).0, 401, "signed for another path");
    let mut stranger = request.clone();
    stranger.replica = 4711;
    assert_eq!(one.ask(&province, &stranger), Err(Refusal::UnknownReplica));
}

#[test]
fn a_desk_goes_on_under_a_spare_of_its_own() {
    let province = Province::new();
    let mut desk = province.desk(CAO_SON, "Bàn 1");
    desk.receive("H56.14-261122-01001");
    desk.sync(&province).expect("an answer");
    let mut spare = Desk { replica: desk.replica + 1, log: vec![], cursor: 0, ..desk.clone() };
    spare.receive("H56.14-261122-02001");
    spare.sync(&province).expect("an answer");
    assert_eq!(ids(&spare.heard), [(desk.replica, 1)], "and hears what it wrote before its store was lost");
    assert_eq!(province.count("SELECT count(*) FROM dossier"), 2);
}

#[test]
fn a_long_feed_comes_in_pages_without_a_gap() {
    let mut province = Province::new();
    let (mut one, mut two) = (province.desk(CAO_SON, "Bàn 1"), province.desk(CAO_SON, "Bàn 2"));
    let dossier = one.receive("H56.14-261122-01001");
    let words = "chữ ".repeat(4000);
    for _ in 0..40 {
        one.note(dossier, &words);
    }
    for from in (1..=41).step_by(10) {
        one.ask(&province, &one.request(from, (from + 9).min(41))).expect("an answer");
    }
    province.restart();
    let first = two.send_from(&province, 1).expect("an answer");
    assert!(first.more && !first.ops.is_empty() && first.ops.len() < 41);
    two.sync(&province).expect("an answer");
    assert_eq!(ids(&two.heard), (1..=41).map(|seq| (one.replica, seq)).collect::<Vec<_>>());

    let mut lost = two.clone();
    lost.cursor = u64::MAX;
    assert_eq!(lost.send_from(&province, 1).expect("an answer").cursor, 41, "a cursor past the end comes back");
    lost.epoch = 77;
    assert!(!lost.send_from(&province, 1).expect("an answer").ops.is_empty(), "another epoch begins at the beginning");
}

#[test]
fn a_desk_that_packs_plainly_is_answered_plainly() {
    let province = Province::new();
    let desk = province.desk(CAO_SON, "Bàn 1");
    for (dictionary, number) in [(Dictionary::None, 0), (Dictionary::First, 1)] {
        let frame = frame::pack(&desk.request(1, 0), dictionary).expect("a frame");
        let (status, body) = province.send(&desk.key, SYNC, frame);
        assert_eq!((status, body.first()), (200, Some(&number)));
    }
}

#[test]
fn a_hundred_requests_at_once_are_all_kept() {
    let province = Province::new();
    let mut desks: Vec<Desk> = (0..10).map(|n| province.desk(CAO_SON, &n.to_string())).collect();
    for (n, desk) in desks.iter_mut().enumerate() {
        let dossier = desk.receive(&format!("H56.14-261122-{:02}001", n + 1));
        for _ in 0..9 {
            desk.note(dossier, "một lần");
        }
    }
    std::thread::scope(|scope| {
        for desk in &desks {
            for _ in 0..10 {
                scope.spawn(|| assert_eq!(desk.send_from(&province, 1).expect("an answer").acknowledged, 10));
            }
        }
    });
    assert_eq!(province.count("SELECT count(*) FROM op"), 100);
    assert_eq!(province.count("SELECT count(*) FROM outbox"), 10);
    let positions = "SELECT count(DISTINCT position) FROM op WHERE position BETWEEN 1 AND 100";
    assert_eq!((province.count(positions), province.count("SELECT max(position) FROM op")), (100, 100));
    let mut newcomer = province.desk(CAO_SON, "mới");
    newcomer.sync(&province).expect("an answer");
    let mut heard = ids(&newcomer.heard);
    heard.sort_unstable();
    heard.dedup();
    assert_eq!(heard.len(), 100);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever two desks send, in whatever order and however often, the hub answers as a toy model of it would.
    #[test]
    fn the_hub_agrees_with_its_model(moves in prop::collection::vec((0usize..2, 1u64..9, 0u64..5, any::<bool>()), 1..30)) {
        let province = Province::new();
        let mut desks = [province.desk(CAO_SON, "Bàn 1"), province.desk(CAO_SON, "Bàn 2")];
        let mut acknowledged = [0u64; 2];
        let mut feed: Vec<(u32, u64)> = vec![];
        for (n, desk) in desks.iter_mut().enumerate() {
            let dossier = desk.receive(&format!("H56.14-261122-{:02}001", n + 1));
            for _ in 0..12 {
                desk.note(dossier, "một việc");
            }
        }
        for (who, first, count, listens) in moves {
            let desk = &mut desks[who];
            let reply = desk.ask(&province, &desk.request(first, first + count - 1)).expect("an answer");
            if first <= acknowledged[who] + 1 {
                for seq in acknowledged[who] + 1..first + count {
                    feed.push((desk.replica, seq));
                    acknowledged[who] = seq;
                }
            }
            prop_assert_eq!(reply.acknowledged, acknowledged[who]);
            let expected: Vec<_> =
                feed.iter().skip(desk.cursor as usize).filter(|(replica, _)| *replica != desk.replica).copied().collect();
            prop_assert_eq!(ids(&reply.ops), expected);
            prop_assert_eq!(reply.cursor, feed.len() as u64);
            if listens {
                desk.cursor = reply.cursor;
            }
        }
    }
}

#[test]
fn a_note_that_arrives_before_its_dossier_waits_for_it() {
    let province = Province::new();
    let (mut one, mut two) = (province.desk(CAO_SON, "Bàn 1"), province.desk(CAO_SON, "Bàn 2"));
    let dossier = OpId { replica: one.replica, seq: 1 };
    two.alias(dossier, "H56-261122-0007");
    two.sync(&province).expect("an answer");
    assert_eq!(province.count("SELECT count(*) FROM dossier"), 0);
    assert_eq!(one.receive("H56.14-261122-01001"), dossier);
    one.sync(&province).expect("an answer");
    assert_eq!(province.count("SELECT count(*) FROM dossier WHERE alias = 'H56-261122-0007'"), 1);
}
