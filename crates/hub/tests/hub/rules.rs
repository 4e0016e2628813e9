//! What breaks a rule is stored and acknowledged, without effect and with its reason.

use crate::support::{CAO_SON, DAY, LUNG_CU, MINUTE, Province};
use domain::code::AgencyCode;
use domain::dossier::Hlc;
use hub::{DossierLine, Revocation};
use protocol::fields::{self, ClockNote, Content};
use protocol::message::SyncReply;
use protocol::op::{Encoded, MAX_PART, Personal, Public, is_the_hubs};

fn reasons(reply: &SyncReply) -> Vec<(u64, &str)> {
    reply.set_aside.iter().map(|set_aside| (set_aside.seq, set_aside.reason.as_str())).collect()
}

fn dossiers(province: &Province, agency: &str) -> Vec<DossierLine> {
    hub::dossiers(province.place(), &AgencyCode::parse(agency).expect("an agency")).expect("a list")
}

#[test]
fn a_number_belongs_to_the_dossier_that_came_first() {
    let province = Province::new();
    let (mut one, mut two) = (province.desk(CAO_SON, "Bàn 1"), province.desk(CAO_SON, "Bàn 2"));
    one.receive("H56.14-261122-00001");
    one.sync(&province).expect("an answer");
    two.receive("H56.14-261122-00001");
    two.receive("H56.14-261122-00002");
    two.receive("H56.14-261122-00002");
    for _ in 0..2 {
        let reply = two.sync(&province).expect("an answer");
        assert_eq!(reply.acknowledged, 3);
        assert_eq!(reasons(&reply), [(1, "code_taken"), (3, "code_taken")], "also when the first answer was lost");
    }
    one.sync(&province).expect("an answer");
    let heard: Vec<_> = one.heard.iter().map(|op| (op.seq, op.set_aside.as_deref())).collect();
    assert_eq!(
        heard,
        [(1, Some("code_taken")), (2, None), (3, Some("code_taken"))],
        "passed on without a hole, and marked"
    );
    assert_eq!(province.count("SELECT count(*) FROM outbox"), 2);

    let list = dossiers(&province, CAO_SON);
    let lines: Vec<_> = list.iter().map(|d| (d.code.as_deref(), d.state, d.set_aside.as_deref())).collect();
    assert_eq!(
        lines,
        [
            (Some("H56.14-261122-00001"), Some(2), None),
            (Some("H56.14-261122-00002"), Some(2), None),
            (Some("H56.14-261122-00001"), None, Some("code_taken")),
            (Some("H56.14-261122-00002"), None, Some("code_taken")),
        ]
    );
    assert_eq!(list.first().and_then(|d| d.received_at.as_deref()), Some("2026-11-22T08:00:00"));
}

#[test]
fn a_desk_writes_for_its_own_agency() {
    let province = Province::new();
    let (mut one, mut two) = (province.desk(CAO_SON, "Bàn 1"), province.desk(LUNG_CU, "Bàn 1"));
    let dossier = one.receive("H56.14-261122-01001");
    one.sync(&province).expect("an answer");
    two.receive_for("H56.14-261122-01002", CAO_SON);
    two.note(dossier, "việc của xã khác");
    two.receive("H56.14-261122-01001");
    let reply = two.sync(&province).expect("an answer");
    assert_eq!(reasons(&reply), [(1, "wrong_agency"), (2, "wrong_agency")], "numbers are the agency's own");
    assert_eq!(dossiers(&province, CAO_SON).len(), 1);
    one.sync(&province).expect("an answer");
    assert!(one.heard.is_empty());
}

#[test]
fn what_cannot_be_read_blocks_nothing() {
    let province = Province::new();
    let (mut one, mut two) = (province.desk(CAO_SON, "Bàn 1"), province.desk(CAO_SON, "Bàn 2"));
    let good = {
        one.receive("H56.14-261122-01001");
        one.log.pop().expect("an operation")
    };
    let public = Public::decode(&good.public).expect("a public part");
    let with = |change: &dyn Fn(&mut Public)| {
        let mut changed = public.clone();
        change(&mut changed);
        Encoded { public: changed.encode(), personal: good.personal.clone() }
    };
    let long = Personal { bytes: vec![0; MAX_PART + 1], salt: [1; 16] };
    let bad = [
        Encoded { public: b"not an operation".to_vec(), personal: None },
        Encoded { public: vec![], personal: None },
        Encoded { public: good.public.clone(), personal: Some(Personal { bytes: b"another".to_vec(), salt: [0; 16] }) },
        with(&|public| public.fields = vec![0xff]),
        with(&|public| public.kind = 2), // a note of no dossier
        with(&|public| public.personal = None),
        Encoded {
            public: Public { kind: 999, personal: Some(long.hash()), ..public.clone() }.encode(),
            personal: Some(long),
        },
    ];
    let count = bad.len() as u64;
    one.log.extend(bad);
    one.log.push(with(&|public| public.kind = 999)); // of a newer release: passed on as it is
    one.log.push(good.clone());
    let mut forgotten = good;
    forgotten.personal = None;
    one.log.push(forgotten);
    let reply = one.sync(&province).expect("an answer");
    assert_eq!(reply.acknowledged, count + 3);
    let mut expected: Vec<_> = (1..=count).map(|seq| (seq, "unreadable")).collect();
    expected.push((count + 3, "code_taken"));
    assert_eq!(reasons(&reply), expected, "one whose personal part was forgotten is still read");
    two.sync(&province).expect("an answer");
    assert_eq!(two.heard.len() as u64, count + 3, "the log is passed on without a hole");
    let with_effect = two.heard.iter().filter(|op| op.set_aside.is_none());
    assert_eq!(with_effect.map(|op| op.seq).collect::<Vec<_>>(), [count + 1, count + 2]);
    assert_eq!(dossiers(&province, CAO_SON).iter().filter(|dossier| dossier.set_aside.is_none()).count(), 1);
}

#[test]
fn a_personal_part_without_its_salt_is_kept_but_not_believed() {
    let province = Province::new();
    let mut desk = province.desk(CAO_SON, "Bàn 1");
    desk.receive("H56.14-261122-01001");
    let mut request = desk.request(1, 1);
    request.ops[0].salt = None;
    assert_eq!(reasons(&desk.ask(&province, &request).expect("an answer")), [(1, "unreadable")]);
    assert_eq!(province.count("SELECT count(*) FROM op WHERE personal IS NOT NULL AND salt IS NULL"), 1);
}

#[test]
fn a_retired_desk_hands_in_what_it_has_and_hears_nothing_more() {
    let province = Province::new();
    let (mut one, mut two) = (province.desk(CAO_SON, "Bàn 1"), province.desk(CAO_SON, "Bàn 2"));
    two.receive("H56.14-261122-06001");
    two.sync(&province).expect("an answer");
    hub::revoke_desk(province.place(), 1, Revocation::Retired, province.now()).expect("retired");
    province.push_clock(DAY);
    one.receive("H56.14-261122-01001");
    let reply = one.sync(&province).expect("an answer");
    assert_eq!((reply.acknowledged, reply.set_aside.len(), reply.cursor), (1, 0, 0));
    assert!(one.heard.is_empty());
    two.sync(&province).expect("an answer");
    assert_eq!(two.heard.len(), 1);
}

#[test]
fn all_that_a_stolen_desk_sends_later_is_set_aside() {
    let province = Province::new();
    let (mut one, mut two) = (province.desk(CAO_SON, "Bàn 1"), province.desk(CAO_SON, "Bàn 2"));
    let dossier = one.receive("H56.14-261122-01001");
    one.sync(&province).expect("an answer");
    two.receive("H56.14-261122-06001");
    two.sync(&province).expect("an answer");
    hub::revoke_desk(province.place(), 1, Revocation::Retired, province.now()).expect("retired");
    hub::revoke_desk(province.place(), 1, Revocation::Stolen, province.now()).expect("and then known to be stolen");
    hub::revoke_desk(province.place(), 1, Revocation::Retired, province.now()).expect("which stays");
    one.alias(dossier, "H56-261122-0007");
    one.receive("H56.14-261122-01002");
    let reply = one.sync(&province).expect("an answer");
    assert_eq!((reply.acknowledged, reasons(&reply)), (3, vec![(2, "stolen"), (3, "stolen")]));
    assert!(one.heard.is_empty(), "nothing goes to strange hands");
    two.sync(&province).expect("an answer");
    let with_effect = two.heard.iter().filter(|op| op.set_aside.is_none()).count();
    assert_eq!((two.heard.len(), with_effect), (3, 1), "what it wrote before");
    let lines = dossiers(&province, CAO_SON);
    assert_eq!(lines.iter().filter(|line| line.set_aside.is_none()).count(), 2);
    assert!(lines.iter().all(|line| line.alias.is_none()));
}

#[test]
fn a_time_far_ahead_is_stored_and_noted() {
    let province = Province::new();
    let mut desk = province.desk(CAO_SON, "Bàn 1");
    let dossier = desk.receive("H56.14-261122-01001");
    desk.note_at(dossier, Hlc((province.now() + 10 * MINUTE) << 16));
    desk.note_at(dossier, Hlc((province.now() + 10 * MINUTE + 1) << 16));
    desk.note_at(dossier, Hlc(u64::MAX));
    let reply = desk.sync(&province).expect("an answer");
    assert_eq!(
        (reply.acknowledged, reasons(&reply)),
        (4, vec![(4, "unreadable")]),
        "the last fits no column of a desk"
    );
    assert_eq!(province.count("SELECT count(*) FROM clock_note"), 1);
    assert_eq!(province.count("SELECT from_seq FROM clock_note"), 3);
    assert_eq!(province.count("SELECT to_seq FROM clock_note"), 3);
    let note = desk.heard.iter().find(|op| is_the_hubs(op.replica)).expect("which every desk hears");
    let public = Public::decode(&note.op.public).expect("an operation");
    let said = ClockNote { replica: desk.replica, first: 3, last: 3, at_ms: province.now() };
    assert_eq!(fields::read(&public, None).expect("a note"), Content::ClockNoted(said));
}
