//! A computer becomes a desk.

use crate::support::{CAO_SON, DAY, Desk, LUNG_CU, MINUTE, Province};
use hub::{Refusal, Revocation};
use protocol::enrolment::{Code, Secret};

#[test]
fn a_desk_gets_a_lane_and_four_spares_and_the_same_answer_again() {
    let mut province = Province::new();
    let code = province.code(CAO_SON, "Bàn 1");
    assert_eq!(code.hub, province.hub().key_hash, "the code names the hub's key");
    let desk = Desk::new(CAO_SON);
    let first = desk.enrol(&province, &code).expect("enrolment");
    let pairs: Vec<_> = first.leases.iter().map(|lease| (lease.replica, lease.lane)).collect();
    assert_eq!(pairs, [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]);
    assert_eq!(first.time_ms, province.now());

    province.push_clock(8 * DAY);
    province.restart();
    let again = desk.enrol(&province, &code).expect("the answer that was lost");
    assert_eq!((again.leases, again.epoch), (first.leases, first.epoch));
    assert_eq!(province.count("SELECT count(*) FROM lease"), 5);
}

#[test]
fn a_code_makes_one_computer_a_desk() {
    let province = Province::new();
    let code = province.code(CAO_SON, "Bàn 1");
    Desk::new(CAO_SON).enrol(&province, &code).expect("enrolment");
    assert_eq!(Desk::new(CAO_SON).enrol(&province, &code), Err(Refusal::CodeUsed));
}

#[test]
fn a_code_lives_seven_days() {
    let province = Province::new();
    let (kept, late) = (province.code(CAO_SON, "Bàn 1"), province.code(CAO_SON, "Bàn 2"));
    province.push_clock(7 * DAY);
    Desk::new(CAO_SON).enrol(&province, &kept).expect("the last moment");
    province.push_clock(1);
    assert_eq!(Desk::new(CAO_SON).enrol(&province, &late), Err(Refusal::CodeExpired));
}

#[test]
fn the_eleventh_try_is_too_late_even_when_it_is_right() {
    let province = Province::new();
    let (code, other) = (province.code(CAO_SON, "Bàn 1"), province.code(CAO_SON, "Bàn 2"));
    for agency in [LUNG_CU, "H57.14", "", "no agency", "h56.15"].into_iter().cycle().take(10) {
        assert_eq!(Desk::new(agency).enrol(&province, &code), Err(Refusal::WrongAgency), "{agency:?}");
    }
    assert_eq!(Desk::new(CAO_SON).enrol(&province, &code), Err(Refusal::CodeExhausted));
    Desk::new(CAO_SON).enrol(&province, &other).expect("another code is not touched by that");
}

#[test]
fn the_ninth_failure_leaves_one_more_try() {
    let province = Province::new();
    let code = province.code(CAO_SON, "Bàn 1");
    for _ in 0..9 {
        assert_eq!(Desk::new(LUNG_CU).enrol(&province, &code), Err(Refusal::WrongAgency));
    }
    Desk::new("h56.14").enrol(&province, &code).expect("the agency, in lower case");
}

#[test]
fn guessing_codes_is_stopped_for_a_minute() {
    let province = Province::new();
    let desk = Desk::new(CAO_SON);
    let guess = |n: u8| Code { secret: Secret([n; 8]), hub: province.hub().key_hash };
    for n in 0..60 {
        assert_eq!(desk.enrol(&province, &guess(n)), Err(Refusal::CodeUnknown));
    }
    let code = province.code(CAO_SON, "Bàn 1");
    assert_eq!(desk.enrol(&province, &code), Err(Refusal::SlowDown), "a right guess would not be heard either");
    province.push_clock(MINUTE);
    desk.enrol(&province, &code).expect("enrolment a minute later");
}

#[test]
fn lanes_run_out_clearly_and_come_back_the_day_after_a_desk_retires() {
    let province = Province::new();
    for n in 1..=19 {
        let leases =
            Desk::new(CAO_SON).enrol(&province, &province.code(CAO_SON, &n.to_string())).expect("enrolment").leases;
        assert_eq!(leases.len(), 5);
    }
    let last = Desk::new(CAO_SON).enrol(&province, &province.code(CAO_SON, "20")).expect("enrolment").leases;
    assert_eq!(last.iter().map(|lease| lease.lane).collect::<Vec<_>>(), [96, 97, 98, 99], "fewer spares");

    let (desk, code) = (Desk::new(CAO_SON), province.code(CAO_SON, "21"));
    assert_eq!(desk.enrol(&province, &code), Err(Refusal::NoLane));
    Desk::new(LUNG_CU).enrol(&province, &province.code(LUNG_CU, "1")).expect("another agency has its own lanes");

    hub::revoke_desk(province.place(), 3, Revocation::Retired, province.now()).expect("retired");
    hub::revoke_desk(province.place(), 4, Revocation::Stolen, province.now()).expect("stolen");
    assert_eq!(desk.enrol(&province, &code), Err(Refusal::NoLane), "not on the same day");
    province.push_clock(DAY);
    let leases = desk.enrol(&province, &code).expect("a day later, with the same code").leases;
    assert_eq!(leases.iter().map(|lease| lease.lane).collect::<Vec<_>>(), [11, 12, 13, 14, 15], "the retired desk's");
    assert!(leases.iter().all(|lease| lease.replica > 99), "replica numbers are never given twice");
    let next = Desk::new(CAO_SON);
    assert_eq!(
        next.enrol(&province, &province.code(CAO_SON, "22")),
        Err(Refusal::NoLane),
        "a stolen desk keeps its lanes"
    );
}

#[test]
fn a_revoked_desk_and_a_withdrawn_code_do_not_enrol() {
    let province = Province::new();
    let (used, unused) = (province.code(CAO_SON, "Bàn 1"), province.code(CAO_SON, "Bàn 2"));
    let desk = Desk::new(CAO_SON);
    desk.enrol(&province, &used).expect("enrolment");
    for number in [1, 2] {
        hub::revoke_desk(province.place(), number, Revocation::Retired, province.now()).expect("revoked");
    }
    assert_eq!(desk.enrol(&province, &used), Err(Refusal::Revoked));
    assert_eq!(Desk::new(CAO_SON).enrol(&province, &unused), Err(Refusal::Revoked));
}

#[test]
fn a_hundred_desks_of_many_agencies_enrol_at_once() {
    let province = Province::new();
    let codes: Vec<_> =
        (0..100).map(|n| (format!("H56.{}", n % 10), n)).map(|(a, n)| (province.code(&a, &n.to_string()), a)).collect();
    std::thread::scope(|scope| {
        for (code, agency) in &codes {
            scope.spawn(|| Desk::new(agency).enrol(&province, code).expect("enrolment"));
        }
    });
    assert_eq!(province.count("SELECT count(DISTINCT replica) FROM lease"), 500);
    assert_eq!(province.count("SELECT count(*) FROM (SELECT DISTINCT agency, lane FROM lease) AS pairs"), 500);
}
