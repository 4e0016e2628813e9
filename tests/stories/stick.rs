//! No link gets through, a stick does: out with what the province lacks, back with its answer.

use desk::api::Trouble;
use desk::api::dossiers::SyncStep;
use desk::error::Code;
use desk::texts::Language;
use motcua_tests::support::{BIRTH, CERTIFIED_COPY, Desk, HANH, PAO, World, YNUE};
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
    desk.bundle_out(&first).expect("a bundle");
    assert_eq!(step(&desk, &codes[0]), SyncStep::Copied, "on a stick, and not yet there");
    desk.back_up_if_due(true).expect("a look").expect("a stick is no backup");
    desk.add_note(&codes[0], "Mang xuống tỉnh ngày mai").expect("a note");
    desk.bundle_out(&again).expect("another bundle, with everything again");
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
    desk.bundle_out(&bundle).expect("a bundle");
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
    std::fs::write(&strange, protocol::bundle::seal(&device, &own, [3; 32], &[])).expect("a file");
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
    desk.bundle_out(&bundle).expect("a bundle");
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
    desk.bundle_out(&bundle).expect("a bundle");
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
