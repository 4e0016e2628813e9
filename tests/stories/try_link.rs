//! "Try the link": each part of the way that fails is told from the others, quickly, and nothing is sent or lost by it.

use desk::api::trial::{HopState, Trial};
use desk::error::Code;
use motcua_tests::support::{BIRTH, Certificate, Desk, HANH, Key, MINUTE, Says, Stranger, Weather, World};

fn tried(desk: &Desk) -> Trial {
    let mut heard = Vec::new();
    let trial = desk.try_link(&mut |hop| heard.push(hop.hop)).expect("a trial");
    assert!(!trial.running && !trial.text.is_empty());
    assert!(trial.hops.iter().all(|hop| hop.state != HopState::Trying));
    let told = trial.hops.iter().filter(|hop| hop.state != HopState::Waiting).map(|hop| hop.hop);
    assert_eq!(heard, told.collect::<Vec<_>>(), "each hop is told as it ends");
    trial
}

/// The hop that fails, what is said of it, and that something is to be done about it.
fn fails(desk: &Desk) -> (&'static str, String) {
    let trial = tried(desk);
    assert_eq!(trial.well, Some(false));
    assert!(trial.r#do.ends_with('.') && !trial.r#do.contains('{'), "{trial:?}");
    let failing: Vec<_> = trial.hops.iter().filter(|hop| hop.state == HopState::Fails).collect();
    assert_eq!(failing.len(), 1, "the first that fails is the last that is tried");
    assert_eq!(failing[0].text, trial.text);
    (failing[0].hop, trial.text)
}

#[test]
fn all_is_well() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    let trial = tried(&desk);
    assert_eq!((trial.well, &*trial.text, &*trial.r#do), (Some(true), "Đường truyền tốt, tỉnh trả lời máy này.", ""));
    let hops: Vec<_> = trial.hops.iter().map(|hop| (hop.hop, hop.state)).collect();
    let all = ["network", "name", "connection", "key", "answer"].map(|hop| (hop, HopState::Well));
    assert_eq!(hops, all);
    assert_eq!(desk.trial().expect("the last one").well, Some(true));
    assert_eq!(desk.sync_status().expect("a status").waiting, 2, "nothing was sent");
    assert!(world.codes_at_the_province(&desk).is_empty());
    // A connection that is open is not disturbed.
    desk.syncs().expect("an exchange");
    let before = desk.line_bytes();
    assert_eq!(tried(&desk).well, Some(true));
    assert_eq!(desk.line_bytes(), before);
    assert_eq!(world.codes_at_the_province(&desk), [code]);
    // A clock that is off is said.
    desk.clock_is_off_by(-7 * MINUTE);
    assert!(tried(&desk).r#do.starts_with("Đồng hồ máy này chậm 7 phút"), "{:?}", desk.trial());
    desk.clock_is_off_by(3 * MINUTE + 30_000);
    assert!(tried(&desk).r#do.starts_with("Đồng hồ máy này nhanh 3 phút"), "{:?}", desk.trial());
}

#[test]
fn whoever_answers_in_the_hubs_place_is_told_from_the_hub() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    for (key, certificate, says, hop, words) in [
        (Key::Hub, Certificate::Valid, Says::Page(200), "answer", "Có trang web khác trả lời"),
        (Key::Hub, Certificate::Valid, Says::Page(503), "answer", "đang lỗi (503)"),
        (Key::Hub, Certificate::Valid, Says::Rubbish(200), "answer", "Có trang web khác trả lời"),
        (Key::Hub, Certificate::Valid, Says::Nothing, "answer", "không trả lời"),
        (Key::Hub, Certificate::Expired, Says::Page(200), "key", "Chứng thư"),
        (Key::Own, Certificate::Valid, Says::Page(200), "key", "không phải máy chủ tỉnh"),
    ] {
        world.answered_by(&Stranger::new(&world, key, certificate, says));
        let (failing, said) = fails(&desk);
        assert!(failing == hop && said.contains(words), "{key:?} {says:?}: {failing}: {said}");
    }
}

#[test]
fn a_silent_hub_a_closed_one_and_one_that_hangs_up_are_told_apart() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    desk.link().set(Weather::Silent);
    assert_eq!(fails(&desk), ("key", "Nối được, nhưng máy chủ tỉnh không trả lời.".to_owned()));
    desk.link().set(Weather::Cut);
    assert_eq!(fails(&desk).0, "key");
    // Nothing serves at a port that was just free.
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|port| port.local_addr()).expect("a port");
    desk.raw().change(&format!("UPDATE setting SET value = 'https://{free}' WHERE key = 'hub'"));
    let gone = "Tới được máy chủ tỉnh, nhưng phần mềm ở đó chưa chạy.";
    assert_eq!(fails(&desk), ("connection", gone.to_owned()));
}

#[test]
fn a_name_that_nobody_knows_is_said() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    desk.raw().change("UPDATE setting SET value = 'https://may-chu-tinh.invalid' WHERE key = 'hub'");
    let (hop, said) = fails(&desk);
    // On a machine without any network that is what is said.
    assert!(hop == "name" && said.starts_with("Có mạng") || hop == "network", "{hop}: {said}");
}

#[test]
fn a_desk_that_was_revoked_hears_why() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    desk.syncs().expect("an exchange");
    // The hub of another province answers with the same key: it knows no such desk.
    let store = rusqlite::Connection::open(world.hub_folder().join("hub.db")).expect("the hub's store");
    store.execute("UPDATE desk SET device = NULL", []).expect("forgotten");
    let (hop, said) = fails(&desk);
    assert_eq!((hop, &*said), ("answer", "Tỉnh không nhận máy này: tỉnh không biết máy này."));
}

#[test]
fn a_desk_that_was_never_enrolled_has_nobody_to_try() {
    let world = World::new();
    let desk = world.desk("Xã Cao Sơn");
    assert_eq!(desk.try_link(&mut |_| {}).expect_err("no hub").code(), Code::NotEnrolled);
    assert!(desk.trial().expect("none yet").hops.is_empty());
}
