//! Replication as people see it: the pill, why something waits, how much is left and for how long, what became of each scan.

use desk::api::attach::ScanState;
use desk::api::status::{Pill, SyncView};
use motcua_tests::support::{
    BIRTH, CERTIFIED_COPY, Certificate, DAY, Desk, HANH, Key, MINUTE, PAO, RESIDENCE, Says, Stranger, Weather, World,
    YNUE,
};

fn status(desk: &Desk) -> SyncView {
    desk.sync_status().expect("a status")
}

fn waits(desk: &Desk, code: &str) -> String {
    desk.dossier(code).expect("a dossier").waits.unwrap_or_default()
}

/// What has become of each scan of a dossier.
fn scans(desk: &Desk, code: &str) -> Vec<(ScanState, u8)> {
    desk.dossier(code).expect("a dossier").scans.iter().map(|scan| (scan.state, scan.percent)).collect()
}

#[test]
fn from_the_first_dossier_to_the_stick_the_pill_says_how_things_stand() {
    let world = World::new();
    world.it_is("2026-11-23T08:00:00");
    let desk = world.desk("Xã Cao Sơn");
    let unconnected = desk.receives(&YNUE, BIRTH);
    assert_eq!((status(&desk).pill, &*status(&desk).text), (Pill::None, "Chưa kết nối tỉnh"));
    assert_eq!(waits(&desk, &unconnected), "Chưa gửi vì quầy chưa kết nối với tỉnh.");
    desk.enrols().expect("enrolment");
    desk.syncs().expect("an exchange");
    let view = status(&desk);
    assert_eq!((view.pill, &*view.text), (Pill::AllSent, "Đã gửi hết · 08:00"));
    assert_eq!((view.waiting_bytes, view.minutes_left, view.why), (0, None, None));

    // Somebody unplugs the line. That is normal life, and no fault.
    world.cut_link();
    world.passes(15 * MINUTE);
    let codes = [desk.receives(&HANH, BIRTH), desk.receives(&PAO, CERTIFIED_COPY)];
    assert_eq!((status(&desk).pill, &*status(&desk).text), (Pill::Sending, "Đang gửi 0/2"), "it has not noticed yet");
    assert_eq!(waits(&desk, &codes[0]), "Đến lượt gửi.");
    assert_eq!(waits(&desk, &codes[1]), "Đang chờ gửi sau 1 hồ sơ khác.");
    desk.syncs().expect_err("no link");
    world.passes(MINUTE);
    desk.syncs().expect_err("still no link");
    let view = status(&desk);
    assert_eq!((view.pill, &*view.text), (Pill::Offline, "Đang làm không mạng · 2 hồ sơ chờ gửi"));
    assert!(view.detail.starts_with("Cứ làm tiếp. Mọi thứ đã lưu trên máy này."), "{}", view.detail);
    let since = "Chưa gửi được vì không tới được máy chủ tỉnh từ 08:15.";
    assert_eq!((view.why.as_deref(), &*waits(&desk, &codes[1])), (Some(since), since));
    assert!(view.waiting_bytes > 0 && view.bytes_a_second.is_none() && view.minutes_left.is_none(), "{view:?}");
    assert!(view.left_text.is_empty() && !view.offers_stick);
    desk.back_up().expect("a backup");
    assert!(status(&desk).detail.contains("trên máy này và bản sao lúc 08:16."), "{}", status(&desk).detail);

    // After three days it offers the stick, and says so until the stick was written.
    world.days_pass(4);
    desk.back_up().expect("a backup");
    let view = status(&desk);
    assert_eq!((view.pill, &*view.text), (Pill::Long, "4 ngày chưa gửi · Gửi bằng USB?"));
    assert!(view.offers_stick);
    assert_eq!(view.why.as_deref(), Some("Chưa gửi được vì không tới được máy chủ tỉnh từ 08:15, 23/11."));
    desk.bundle_out(&world.path("goi.mcxgoi"), true).expect("a bundle");
    let view = status(&desk);
    assert_eq!((view.pill, &*view.text), (Pill::Long, "2 hồ sơ đã ở trên USB · chờ trả lời"));
    assert!(!view.offers_stick && view.carried.is_some());
    assert_eq!(waits(&desk, &codes[0]), "Đã ở trên USB từ 08:16, chưa có trả lời.");
    let later = desk.receives(&HANH, RESIDENCE);
    assert!(waits(&desk, &later).starts_with("Chưa gửi được vì"), "it is on no stick");
    assert!(status(&desk).offers_stick);

    world.link_returns();
    desk.syncs().expect("an exchange");
    let view = status(&desk);
    assert_eq!((view.pill, view.waiting_bytes, view.why), (Pill::AllSent, 0, None));
    assert_eq!(waits(&desk, &later), "");
}

#[test]
fn much_that_waits_is_offered_a_stick_without_three_days() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    desk.syncs().expect("an exchange");
    world.cut_link();
    for _ in 0..51 {
        desk.receives(&HANH, BIRTH);
    }
    desk.syncs().expect_err("no link");
    let view = status(&desk);
    assert_eq!((view.pill, view.offers_stick), (Pill::Long, true));
    assert_eq!(view.text, "51 hồ sơ chờ gửi · Gửi bằng USB?");
    // Packed they take less than they have on the disk, and no less than what cannot be packed at all.
    assert!((51 * 100..51 * 2_000).contains(&view.waiting_bytes), "{}", view.waiting_bytes);
}

#[test]
fn every_reason_not_to_be_sent_is_told_from_the_others_and_survives_the_evening() {
    let world = World::new();
    let mut desk = world.enrolled_desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    for (key, certificate, says, why) in [
        (Key::Hub, Certificate::Valid, Says::Page(200), "mạng này trả lời thay máy chủ tỉnh"),
        (Key::Hub, Certificate::Valid, Says::Page(503), "máy chủ tỉnh đang lỗi"),
        (Key::Hub, Certificate::Expired, Says::Page(200), "chứng thư của máy chủ tỉnh đã hết hạn"),
        (Key::Own, Certificate::Valid, Says::Page(200), "có máy khác trả lời thay máy chủ tỉnh"),
        (Key::None, Certificate::Valid, Says::Page(200), "không tới được máy chủ tỉnh"),
    ] {
        world.answered_by(&Stranger::new(&world, key, certificate, says));
        desk.syncs().expect_err("not the hub");
        assert!(waits(&desk, &code).contains(why), "{}", waits(&desk, &code));
    }
    let before = waits(&desk, &code);
    desk.opens().expect("the next morning");
    assert_eq!(waits(&desk, &code), before);
    assert_eq!(status(&desk).pill, Pill::Offline);
    world.link_returns();
    desk.syncs().expect("the hub is back");
    assert_eq!(waits(&desk, &code), "");
}

#[test]
fn what_the_province_keeps_aside_says_why_on_the_dossier() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    desk.syncs().expect("an exchange");
    let code = desk.receives(&HANH, BIRTH);
    // Somebody else has handed in a dossier under the very number.
    let store = rusqlite::Connection::open(world.hub_folder().join("hub.db")).expect("the hub's store");
    let row = "INSERT INTO dossier (agency, replica, seq, code, state, received_at) VALUES (?1, 99, 1, ?2, 2, '')";
    store.execute(row, [desk.agency(), &code]).expect("a row");
    desk.syncs().expect("an exchange");
    assert_eq!(waits(&desk, &code), "Tỉnh giữ lại để xem: số hồ sơ này đã có hồ sơ khác.");
    assert_eq!(status(&desk).pill, Pill::Attention);
}

#[test]
fn a_scan_is_shown_from_the_desk_to_the_province_and_tells_how_fast_the_line_is() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    desk.syncs().expect("an exchange");
    world.cut_link();
    desk.attach(&code, 1, &[&world.scanned_page("trang-1.png", 150_000)]).expect("attached");
    assert_eq!(scans(&desk, &code), [(ScanState::Here, 0)]);
    let view = status(&desk);
    assert!((150_000..152_000).contains(&view.waiting_bytes), "{}", view.waiting_bytes);
    assert_eq!(view.waiting_scans, 1);

    world.link_returns();
    desk.link().set(Weather::CutAfter(70_000));
    desk.syncs().expect_err("the line is cut in the middle");
    let half = scans(&desk, &code);
    assert!(matches!(half[..], [(ScanState::OnItsWay, 20..60)]), "{half:?}");
    let view = status(&desk);
    assert_eq!((view.pill, view.waiting, view.waiting_scans), (Pill::Offline, 0, 1), "records go before scans");
    assert_eq!(view.text, "Đang làm không mạng · 1 bản quét chờ gửi");
    assert!((50_000..130_000).contains(&view.waiting_bytes), "only the rest is left: {}", view.waiting_bytes);
    assert!(view.bytes_a_second.is_some() && view.minutes_left.is_some(), "measured on that connection: {view:?}");

    desk.link().set(Weather::Clear);
    desk.syncs().expect("an exchange");
    assert_eq!(scans(&desk, &code), [(ScanState::Received, 100)]);
    assert_eq!((status(&desk).pill, status(&desk).waiting_bytes), (Pill::AllSent, 0));
    desk.is_sound();
}

#[test]
fn a_scan_whose_last_answer_was_lost_is_asked_after() {
    let world = World::new();
    let (desk, other) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    let code = desk.receives(&HANH, BIRTH);
    desk.attach(&code, 1, &[&world.scanned_page("trang-1.png", 9_000)]).expect("attached");
    desk.syncs().expect("an exchange");
    other.syncs().expect("an exchange");
    assert_eq!(scans(&other, &code), [(ScanState::Elsewhere, 0)]);
    // The desk never heard that the scan arrived whole: as after a cut behind its last byte.
    desk.hang_up();
    assert_eq!(desk.raw().change("UPDATE scan SET standing = 0, there = 8000"), 1);
    assert_eq!(status(&desk).waiting_scans, 1);
    desk.syncs().expect("an exchange");
    assert_eq!(scans(&desk, &code), [(ScanState::Received, 100)]);
    assert_eq!(status(&desk).pill, Pill::AllSent);
}

#[test]
fn a_scan_whose_file_is_gone_or_that_nobody_asks_for_holds_the_pill_up_for_no_one() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    desk.attach(&code, 1, &[&world.scanned_page("trang-1.png", 5_000)]).expect("attached");
    std::fs::remove_dir_all(desk.place().data().join("scans")).expect("somebody clears the folder");
    assert_eq!(scans(&desk, &code), [(ScanState::Lost, 0)]);
    desk.syncs().expect("an exchange");
    assert_eq!((scans(&desk, &code), status(&desk).pill), (vec![(ScanState::Lost, 0)], Pill::AllSent));
    // The hub has struck it off its list: it does not ask any more.
    desk.hang_up();
    desk.raw().change("UPDATE scan SET standing = 0");
    desk.syncs().expect("an exchange");
    assert_eq!((scans(&desk, &code), status(&desk).pill), (vec![(ScanState::NotAsked, 0)], Pill::AllSent));
}

#[test]
fn a_desk_of_an_earlier_release_knows_the_scans_it_has_to_send() {
    let world = World::new();
    let mut desk = world.enrolled_desk("Xã Cao Sơn");
    let code = desk.receives(&PAO, BIRTH);
    desk.attach(&code, 1, &[&world.scanned_page("trang-1.png", 5_000)]).expect("attached");
    desk.raw().change("DELETE FROM scan");
    desk.raw().change("UPDATE setting SET value = '1' WHERE key = 'fold'");
    desk.opens().expect("the new release");
    assert_eq!((scans(&desk, &code), status(&desk).waiting_scans), (vec![(ScanState::Here, 0)], 1));
    world.passes(DAY);
    desk.syncs().expect("an exchange");
    assert_eq!(scans(&desk, &code), [(ScanState::Received, 100)]);
}
