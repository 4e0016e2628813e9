//! No link gets through, a stick does: out with what the province lacks, back with its answer.

use desk::api::Trouble;
use desk::api::attach::ScanState;
use desk::api::dossiers::SyncStep;
use desk::error::Code;
use desk::texts::Language;
use motcua_tests::support::{BIRTH, CERTIFIED_COPY, Desk, HANH, PAO, Weather, World, YNUE};
use std::path::{Path, PathBuf};

/// The province takes a bundle in and writes its answer.
fn carried(world: &World, bundle: &Path, name: &str) -> PathBuf {
    let answer = world.path(name);
    let now = u64::try_from(world.now_ms()).expect("now");
    let clock: hub::Clock = std::sync::Arc::new(move || now);
    hub::carry_in(&world.hub_folder(), bundle, &answer, clock).expect("the bundle is taken in");
    answer
}

fn step(desk: &Desk, code: &str) -> SyncStep {
    desk.dossier(code).expect("a dossier").sync
}

#[test]
fn a_month_without_a_link_reaches_the_province_on_a_stick_and_is_acknowledged_by_it() {
    let world = World::new();
    let (desk, other) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    let elsewhere = other.receives(&YNUE, BIRTH);
    other.syncs().expect("the other desk has a link");
    world.cut_link();
    let codes = [desk.receives(&HANH, BIRTH), desk.receives(&PAO, CERTIFIED_COPY)];
    assert_eq!(step(&desk, &codes[0]), SyncStep::Saved);
    let (first, again) = (world.path("usb-goi-1.mcxgoi"), world.path("usb-goi-2.mcxgoi"));
    desk.bundle_out(&first, true).expect("a bundle");
    assert_eq!(step(&desk, &codes[0]), SyncStep::Copied, "on a stick, and not yet there");
    desk.back_up_if_due(true).expect("a look").expect("a stick is no backup");
    desk.add_note(&codes[0], "Mang xuống tỉnh ngày mai").expect("a note");
    desk.bundle_out(&again, true).expect("another bundle, with everything again");
    assert!(!String::from_utf8_lossy(&std::fs::read(&first).expect("a file")).contains("Hạnh"), "nobody else reads it");

    // Both are carried, one of them twice, in the wrong order.
    let late = carried(&world, &again, "tra-loi-2.mcxgoi");
    let early = carried(&world, &first, "tra-loi-1.mcxgoi");
    carried(&world, &again, "tra-loi-3.mcxgoi");
    let mut all = codes.to_vec();
    all.push(elsewhere);
    all.sort();
    assert_eq!(world.codes_at_the_province(&desk), all);
    assert_eq!(world.count_at_the_province("SELECT count(*) FROM outbox"), 3, "one effect a dossier");

    desk.bundle_in(&early).expect("the earlier answer");
    desk.bundle_in(&late).expect("the later answer");
    desk.bundle_in(&early).expect("the earlier one once more");
    assert_eq!(desk.sync_status().expect("a status").waiting, 0);
    assert_eq!(step(&desk, &codes[0]), SyncStep::Received);
    assert_eq!(desk.codes(), all, "and what the other desk wrote has come along");

    // When the link is back there is nothing left to say.
    world.link_returns();
    desk.syncs().expect("an exchange");
    assert_eq!(world.codes_at_the_province(&desk), all);
    desk.is_sound();
}

#[test]
fn a_stick_for_somebody_else_a_torn_one_and_a_strange_one_change_nothing() {
    let world = World::new();
    let (desk, other) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Lũng Pù"));
    let code = desk.receives(&HANH, BIRTH);
    let bundle = world.path("goi.mcxgoi");
    desk.bundle_out(&bundle, true).expect("a bundle");
    let answer = carried(&world, &bundle, "tra-loi.mcxgoi");
    let torn = world.path("rach.mcxgoi");
    let bytes = std::fs::read(&answer).expect("the answer");
    std::fs::write(&torn, &bytes[..bytes.len() / 2]).expect("half of it");
    let refused = |desk: &Desk, file: &Path| {
        let error = desk.bundle_in(file).map(drop).expect_err("not for this desk");
        let said = Trouble::of(Language::Vietnamese, &error);
        assert!(said.what.ends_with('.') && said.lost.contains("Không mất gì"), "{said:?}");
        error.code()
    };
    assert_eq!(refused(&other, &answer), Code::BundleUnreadable);
    assert_eq!(refused(&desk, &torn), Code::BundleUnreadable);
    // A bundle of the desk's own is for the hub.
    assert_eq!(refused(&desk, &bundle), Code::BundleUnreadable);
    let device = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let hexadecimal =
        desk.store().read(|store| desk::store::settings::get(store, desk::store::settings::Key::DeviceKey));
    let own: [u8; 32] = data_encoding::HEXLOWER
        .decode(hexadecimal.expect("a setting").as_bytes())
        .expect("hexadecimal")
        .try_into()
        .expect("a key");
    let own = ed25519_dalek::SigningKey::from_bytes(&own).verifying_key();
    let strange = world.path("la.mcxgoi");
    let (sealer, head) = protocol::bundle::Sealer::begin(&device, &own, [3; 32]);
    std::fs::write(&strange, [head, sealer.end()].concat()).expect("a file");
    assert_eq!(refused(&desk, &strange), Code::BundleNotOurs);
    assert_eq!(desk.sync_status().expect("a status").acknowledged, 0);
    desk.bundle_in(&answer).expect("the right one");
    assert_eq!(step(&desk, &code), SyncStep::Received);
    desk.is_sound();
}

#[test]
fn an_answer_that_comes_late_takes_nothing_back_and_sets_no_clock() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let first = desk.receives(&HANH, BIRTH);
    let bundle = world.path("goi.mcxgoi");
    desk.bundle_out(&bundle, true).expect("a bundle");
    let answer = carried(&world, &bundle, "tra-loi.mcxgoi");
    // The stick is forgotten in a drawer for three days; meanwhile the line is back.
    world.days_pass(3);
    let second = desk.receives(&PAO, CERTIFIED_COPY);
    desk.syncs().expect("an exchange");
    let today = desk.now().expect("a time").date();
    desk.bundle_in(&answer).expect("the answer, three days late");
    assert_eq!(desk.now().expect("a time").date(), today, "receipts go on with today's date");
    assert_eq!([step(&desk, &first), step(&desk, &second)], [SyncStep::Received; 2]);
    assert_eq!(desk.sync_status().expect("a status").waiting, 0, "nothing waits again");
    desk.is_sound();
}

#[test]
fn an_answer_asked_for_before_a_restore_leaves_no_gap() {
    let world = World::new();
    let (mut desk, other) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    let backup = world.path("usb/cao-son.mcxb");
    desk.back_up_to(&backup).expect("a backup");
    let mut all = vec![desk.receives(&HANH, BIRTH)];
    desk.syncs().expect("an exchange");
    all.push(other.receives(&PAO, CERTIFIED_COPY));
    other.syncs().expect("an exchange");
    let bundle = world.path("goi.mcxgoi");
    desk.bundle_out(&bundle, true).expect("a bundle");
    let answer = carried(&world, &bundle, "tra-loi.mcxgoi");
    desk.restores(&backup).expect("the backup");
    // It passes over the desk's own dossier, which the restored desk lacks.
    desk.bundle_in(&answer).expect("an answer to the desk as it was");
    desk.syncs().expect("an exchange");
    desk.syncs().expect("another exchange");
    all.sort();
    assert_eq!(desk.codes(), all);
    desk.is_sound();
}

/// Scans of a dossier, by what became of each.
fn states(desk: &Desk, code: &str) -> Vec<ScanState> {
    desk.dossier(code).expect("a dossier").scans.iter().map(|scan| scan.state).collect()
}

#[test]
fn scans_go_along_on_the_stick_and_the_answer_says_which_are_whole() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    let pages = ["trang-1.png", "trang-2.png"].map(|name| world.scanned_page(name, 150_000 + name.len() as u32));
    desk.attach(&code, 1, &pages[..1]).expect("attached");
    // Half of the first went over the line before it was cut for good.
    desk.link().set(Weather::CutAfter(80_000));
    desk.syncs().expect_err("a cut");
    world.cut_link();
    std::fs::write(world.path("trang-2.png"), [b"%PDF-1.7 ".as_slice(), &[7; 900_000]].concat()).expect("a file");
    desk.attach(&code, 1, &pages[1..]).expect("attached");
    assert_eq!(states(&desk, &code), [ScanState::OnItsWay, ScanState::Here]);

    let (small, large) = (world.path("goi-nho.mcxgoi"), world.path("goi.mcxgoi"));
    let (without, _) = desk.bundle_out(&small, false).expect("a bundle for a small stick");
    assert_eq!(without.scans, 0);
    let late = carried(&world, &small, "tra-loi-1.mcxgoi");
    let (with, _) = desk.bundle_out(&large, true).expect("a bundle");
    assert_eq!((with.scans, with.bytes > with.scan_bytes), (2, true));
    assert!(with.scan_bytes > 1_000_000 && without.bytes < 10_000, "{with:?} {without:?}");

    // A stick that was pulled out too early changes nothing at the province.
    let torn = world.path("rach.mcxgoi");
    let bytes = std::fs::read(&large).expect("the bundle");
    std::fs::write(&torn, &bytes[..bytes.len() - 300_000]).expect("most of it");
    let now = u64::try_from(world.now_ms()).expect("now");
    let clock: hub::Clock = std::sync::Arc::new(move || now);
    hub::carry_in(&world.hub_folder(), &torn, &world.path("khong-co"), clock).expect_err("a torn one");
    assert!(world.scans_at_the_province(&desk).is_empty() && !world.path("khong-co").exists());

    // Carried twice, it arrives once.
    carried(&world, &large, "tra-loi-2.mcxgoi");
    let answer = carried(&world, &large, "tra-loi-3.mcxgoi");
    let mut sizes: Vec<usize> = world.scans_at_the_province(&desk).iter().map(Vec::len).collect();
    sizes.sort_unstable();
    assert_eq!(sizes.iter().sum::<usize>() as u64, with.scan_bytes);
    assert_eq!(world.count_at_the_province("SELECT count(*) FROM scan WHERE whole_at IS NOT NULL"), 2);
    assert_eq!(states(&desk, &code), [ScanState::OnItsWay, ScanState::Here], "the desk has not heard");
    desk.bundle_in(&answer).expect("the answer");
    assert_eq!(states(&desk, &code), [ScanState::Received; 2]);
    desk.bundle_in(&late).expect("an older answer");
    assert_eq!(states(&desk, &code), [ScanState::Received; 2], "takes nothing back");
    let (again, _) = desk.bundle_out(&large, true).expect("another bundle");
    assert_eq!(again.scans, 0, "what the province has is not carried again");

    // With the line back there is nothing left to say.
    world.link_returns();
    let before = desk.link().passed();
    desk.syncs().expect("an exchange");
    assert!(desk.link().passed() - before < 10_000);
    assert_eq!(desk.sync_status().expect("a status").waiting_scans, 0);
    desk.is_sound();
}
