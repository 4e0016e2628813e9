//! Scans that another desk made: they come when a person asks, from the nearest that has them, and never by themselves.

use desk::api::attach::{ScanRow, ScanState};
use desk::api::fetching::ScanOf;
use desk::error::{Code, Result};
use desk::store::fetches;
use desk::sync::session::Manner;
use motcua_tests::support::{BIRTH, Desk, HANH, Weather, World, meet};
use protocol::link::{Piece, Pieces, SCAN_PIECE};
use std::path::{Path, PathBuf};

fn scan(desk: &Desk, code: &str) -> ScanRow {
    desk.dossier(code).expect("a dossier").scans.swap_remove(0)
}

/// What a desk can open of the first scan of a dossier.
fn opened(desk: &Desk, code: &str) -> Result<Vec<u8>> {
    let content = desk.open_scan(&ScanOf { code: code.to_owned(), id: scan(desk, code).id })?;
    assert_eq!(content.media, "image/png");
    Ok(data_encoding::BASE64.decode(content.base64.as_bytes()).expect("base64"))
}

/// A dossier with a scan of so many bytes, received at a desk that has sent all of it.
fn received(world: &World, desk: &Desk, bytes: u32) -> (String, Vec<u8>) {
    let code = desk.receives(&HANH, BIRTH);
    let page = world.scanned_page("to-khai.png", bytes);
    desk.attach(&code, 1, &[&page]).expect("attached");
    desk.syncs().expect("an exchange");
    (code, std::fs::read(page).expect("the page"))
}

/// Everything below a folder.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let inside = |entry: std::fs::DirEntry| match entry.path() {
        path if path.is_dir() => files_below(&path),
        path => vec![path],
    };
    std::fs::read_dir(folder).into_iter().flatten().flatten().flat_map(inside).collect()
}

#[test]
fn it_comes_over_the_line_when_somebody_asks_and_goes_on_where_it_was_cut() {
    let world = World::new();
    let (first, mut second) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    let (code, page) = received(&world, &first, 150_000);
    second.syncs().expect("an exchange");
    second.syncs().expect("another exchange");
    assert!(second.line_bytes().1 < 20_000, "nobody has asked for it");
    let shown = scan(&second, &code);
    assert_eq!((shown.state, shown.is_here, &*shown.offer), (ScanState::Elsewhere, false, "Tải về (150,0 kB)"));
    assert_eq!(opened(&second, &code).expect_err("not here").code(), Code::ScanNotHere);

    second.fetch_scans(&code, Some(&shown.id)).expect("asked");
    assert_eq!((scan(&second, &code).state, &*scan(&second, &code).offer), (ScanState::Coming, ""));
    let (before, mut cuts) = (second.link().passed(), 0);
    loop {
        second.link().set(Weather::CutAfter(25_000));
        if second.syncs().is_ok() {
            break;
        }
        cuts += 1;
        eprintln!(
            "{} of 150: {:?} {}",
            scan(&second, &code).percent,
            second.line_bytes(),
            second.link().passed() - before
        );
        assert!(cuts < 40, "it never comes to an end");
        if cuts == 3 {
            let percent = scan(&second, &code).percent;
            assert!((20..60).contains(&percent), "{percent} per cent");
            second.opens().expect("the computer is switched off and on");
        }
    }
    assert!((5..14).contains(&cuts), "{cuts} cuts of 25 kB for 150 kB");
    let passed = second.link().passed() - before;
    assert!(passed < 290_000, "{passed} bytes passed: never the whole scan again");
    assert_eq!(opened(&second, &code).expect("it is here"), page);
    assert_eq!((scan(&second, &code).state, scan(&second, &code).is_here), (ScanState::Fetched, true));

    // Nobody reads it in the folder, and it is none of this desk's to send.
    let files = files_below(second.place().data());
    let is_open =
        |file: &PathBuf| std::fs::read(file).expect("a file").windows(24).any(|bytes| bytes == &page[1_000..1_024]);
    assert!(!files.iter().any(is_open));
    assert!(!files.iter().any(|file| file.extension().is_some_and(|extension| extension == "part")));
    assert_eq!(second.sync_status().expect("a status").waiting_scans, 0);
    let saved = world.path("xem.png");
    second.save_scan(&ScanOf { code: code.clone(), id: shown.id }, &saved).expect("a file for another program");
    assert_eq!(std::fs::read(saved).expect("the file"), page);
    second.is_sound();
}

#[test]
fn a_neighbour_is_asked_before_the_province() {
    let world = World::new();
    let [first, second, third] = [(); 3].map(|()| world.enrolled_desk("Xã Cao Sơn"));
    let (code, page) = received(&world, &first, 90_000);
    for desk in [&second, &third, &first] {
        desk.syncs().expect("an exchange");
    }
    meet(&second, &first).expect("they know each other");
    assert_eq!(opened(&second, &code).expect_err("it does not come by itself").code(), Code::ScanNotHere);
    second.fetch_scans(&code, None).expect("asked");
    let before = second.line_bytes().1;
    second.syncs().expect("an exchange");
    meet(&second, &first).expect("and here it comes");
    assert_eq!(opened(&second, &code).expect("it is here"), page);
    second.syncs().expect("an exchange");
    assert!(second.line_bytes().1 - before < 1_000, "nothing of it over the line");

    // One that has it not, or is switched off, holds it up for a moment only.
    let gone = [&second, &first].map(|desk| desk.place().data().join("scans"));
    for folder in &gone {
        std::fs::remove_dir_all(folder).expect("somebody clears the folder");
    }
    meet(&third, &second).expect("they know each other");
    third.fetch_scans(&code, None).expect("asked");
    third.syncs().expect("an exchange");
    assert_eq!(scan(&third, &code).state, ScanState::Coming, "the neighbour first");
    meet(&third, &second).expect("it has it no more");
    third.syncs().expect("an exchange");
    assert_eq!(opened(&third, &code).expect("from the province"), page);
    meet(&second, &third).expect("they meet");
    second.fetch_scans(&code, None).expect("asked");
    world.passes(31_000);
    second.syncs().expect("an exchange, long after");
    assert_eq!(opened(&second, &code).expect("from the province"), page);
    // Also what this desk made itself, and the province has.
    assert_eq!((scan(&first, &code).state, scan(&first, &code).is_here), (ScanState::Received, false));
    first.fetch_scans(&code, None).expect("asked");
    meet(&first, &third).expect("they meet");
    assert_eq!(opened(&first, &code).expect("its own, back from a neighbour"), page);
    for desk in [&first, &second, &third] {
        desk.is_sound();
    }
}

#[test]
fn what_the_province_does_not_have_yet_is_said_and_asked_for_again() {
    let world = World::new();
    let (first, second) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    let code = first.receives(&HANH, BIRTH);
    let page = world.scanned_page("to-khai.png", 90_000);
    first.attach(&code, 1, &[&page]).expect("attached");
    first.link().set(Weather::CutAfter(30_000));
    first.syncs().expect_err("cut in the middle of the scan");
    second.syncs().expect("an exchange");
    second.fetch_scans(&code, None).expect("asked");
    second.syncs().expect("an exchange");
    let shown = scan(&second, &code);
    assert_eq!(shown.state, ScanState::Nowhere);
    assert!(shown.offer.starts_with("Tải về"), "{shown:?}");
    world.link_returns();
    first.syncs().expect("the rest of it");
    second.fetch_scans(&code, None).expect("asked again");
    second.syncs().expect("an exchange");
    assert_eq!(opened(&second, &code).expect("it is here"), std::fs::read(page).expect("the page"));
}

#[test]
fn it_comes_back_on_a_stick_where_no_line_gets_through() {
    let world = World::new();
    let (first, second) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    let (code, page) = received(&world, &first, 400_000);
    second.syncs().expect("an exchange");
    world.cut_link();
    second.fetch_scans(&code, None).expect("asked");
    let (bundle, answer) = (world.path("goi.mcxgoi"), world.path("tra-loi.mcxgoi"));
    second.bundle_out(&bundle, true).expect("a bundle");
    let now = u64::try_from(world.now_ms()).expect("now");
    hub::carry_in(&world.hub_folder(), &bundle, &answer, std::sync::Arc::new(move || now)).expect("taken in");
    second.bundle_in(&answer).expect("the answer");
    second.bundle_in(&answer).expect("once more");
    assert_eq!(opened(&second, &code).expect("it is here"), page);
    second.is_sound();
}

#[test]
fn a_volunteers_desk_is_given_nobody_elses() {
    let world = World::new();
    let (desk, outreach) = (world.desk("Xã Cao Sơn"), world.desk("Xã Cao Sơn"));
    desk.enrols().expect("enrolment");
    outreach.enrols_as_a_volunteers().expect("enrolment");
    let (theirs, page) = received(&world, &desk, 30_000);
    let (own, own_page) = received(&world, &outreach, 31_000);
    desk.syncs().expect("it hears of the other one");
    // Somebody who got hold of such a desk asks by the hash alone.
    let hash = data_encoding::HEXLOWER.decode(scan(&desk, &theirs).id.as_bytes()).expect("hexadecimal");
    let hash: [u8; 32] = hash.try_into().expect("a hash");
    let asks = || {
        let asked = outreach.store().write(|writing| fetches::ask(writing, &hash, page.len() as u64, 0, true));
        asked.expect("asked");
    };
    asks();
    outreach.syncs().expect("an exchange");
    let lacked = outreach.store().read(|store| fetches::of(store, &hash)).expect("a look").expect("a question");
    assert!(lacked.is_lacked, "the province gives nothing");
    asks();
    meet(&outreach, &desk).expect("an exchange");
    assert!(files_below(&outreach.place().data().join("scans")).len() == 1, "nor does the neighbour");
    // Its own it has back.
    std::fs::remove_dir_all(outreach.place().data().join("scans")).expect("somebody clears the folder");
    outreach.fetch_scans(&own, None).expect("asked");
    world.passes(31_000);
    outreach.syncs().expect("an exchange");
    assert_eq!(opened(&outreach, &own).expect("it is here"), own_page);
}

#[test]
fn a_hub_that_does_not_say_how_much_it_gives_is_asked_for_a_packet_at_a_time() {
    let world = World::new();
    let (first, second) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    let (code, page) = received(&world, &first, 30_000);
    second.syncs().expect("an exchange");
    second.fetch_scans(&code, None).expect("asked");
    let now = u64::try_from(world.now_ms()).expect("now");
    let mut hub = hub::Alone::open(&world.hub_folder(), std::sync::Arc::new(move || now)).expect("the hub");
    let (mut call, mut answering) = (second.calls(Manner::default()).expect("a connection"), hub::Call::default());
    let (mut pieces, mut given, mut moves) = (Pieces::default(), Vec::new(), true);
    while std::mem::take(&mut moves) {
        while let Some(bytes) = second.says(&mut call, 0).expect("something to say") {
            pieces.arrived(&hub.hears(&mut answering, &bytes).expect("the hub hears"));
            moves = true;
        }
        while let Some(mut piece) = pieces.take().expect("pieces") {
            match &mut piece {
                Piece::Welcome(welcome) => assert!(welcome.gives.take().is_some(), "today's says so"),
                Piece::Scan { bytes, .. } => given.push(bytes.len()),
                _ => {}
            }
            second.hears(&mut call, &piece.encode(), 0).expect("heard");
        }
    }
    assert_eq!(given.iter().sum::<usize>(), page.len(), "nothing twice");
    assert!(given.iter().all(|bytes| *bytes <= SCAN_PIECE) && call.is_quiet());
    assert_eq!(opened(&second, &code).expect("it is here"), page);
}
