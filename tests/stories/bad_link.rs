//! A link that drops, drips and hangs: nothing is lost, and nothing arrives twice.

use desk::api::dossiers::SyncStep;
use desk::error::Code;
use desk::store::settings::{self, Key as Setting};
use desk::sync::{self, hub::Hub};
use ed25519_dalek::SigningKey;
use motcua_tests::support::{BIRTH, CERTIFIED_COPY, Certificate, Desk, HANH, Key, PAO, Says, Stranger, Weather, World};
use protocol::enrolment::KeyHash;
use protocol::message;
use std::time::Duration;

#[test]
fn a_link_cut_at_any_byte_of_the_exchange_changes_nothing_in_the_end() {
    let world = World::new();
    let (first, second) = (world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn"));
    // A calm exchange both ways, to know how many bytes it takes.
    let mut written = vec![first.receives(&HANH, BIRTH)];
    second
        .add_note(
            &{
                first.syncs().and(second.syncs()).expect("an exchange");
                written[0].clone()
            },
            "x",
        )
        .expect("a note");
    second.syncs().expect("an exchange");
    written.push(first.receives(&PAO, CERTIFIED_COPY));
    first.hang_up();
    let before = first.link().passed();
    first.syncs().expect("an exchange");
    let bytes = first.link().passed() - before;
    assert!(bytes > 1000, "{bytes} bytes are no exchange over TLS");

    // The same exchange with the link cut after so many bytes, tried again when it is back.
    let (mut gone_wrong, mut gone_well) = (0, 0);
    for after in (0..bytes + 200).step_by(53) {
        second.add_note(&written[0], &format!("Cắt sau {after} byte")).expect("a note");
        second.syncs().expect("an exchange");
        written.push(first.receives(&PAO, CERTIFIED_COPY));
        first.link().set(Weather::CutAfter(after));
        match first.syncs() {
            Ok(_) => gone_well += 1,
            Err(error) => {
                assert!(matches!(error.code(), Code::HubUnreachable | Code::HubSilent), "after {after}: {error}");
                gone_wrong += 1;
            }
        }
        first.link().set(Weather::Clear);
        first.syncs().expect("an exchange");
        assert_eq!(first.sync_status().expect("a status").waiting, 0);
    }
    assert!(gone_wrong > 20 && gone_well > 0, "{gone_wrong} cut, {gone_well} not");
    second.syncs().expect("an exchange");

    assert_eq!(world.codes_at_the_province(&first), written);
    let (one, two) = (first.is_sound(), second.is_sound());
    assert_eq!((one.operations, one.dossiers), (two.operations, two.dossiers));
    assert_eq!(world.count_at_the_province("SELECT count(*) FROM op"), i64::try_from(one.operations).expect("few"));
    let effects = world.count_at_the_province("SELECT count(*) FROM outbox");
    assert_eq!(effects, i64::try_from(written.len()).expect("few"), "one effect a dossier");
    assert_eq!(first.codes(), written);
    assert_eq!(second.codes(), written);
    let timeline = |desk: &Desk| -> Vec<String> {
        desk.dossier(&written[0]).expect("a dossier").timeline.into_iter().map(|line| line.text).collect()
    };
    assert_eq!(timeline(&first), timeline(&second));
}

#[test]
fn a_link_that_passes_one_byte_at_a_time_is_a_link() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);
    desk.link().set(Weather::Drip);
    desk.syncs().expect("an exchange");
    assert_eq!(world.codes_at_the_province(&desk), [code]);
}

#[test]
fn enrolment_whose_answer_was_lost_is_the_same_enrolment_when_tried_again() {
    let world = World::new();
    let desk = world.desk("Xã Cao Sơn");
    let agency = ::domain::code::AgencyCode::parse(desk.agency()).expect("an agency");
    let code = hub::add_desk(&world.hub_folder(), &agency, "Quầy 1", u64::try_from(world.now_ms()).expect("now"));
    let input = desk::api::enrol::EnrolInput { hub: desk.link().url(), code: code.expect("a code").to_string() };
    for after in (0..4000).step_by(211) {
        desk.link().set(Weather::CutAfter(after));
        if desk.enrol(&input).is_ok() {
            break;
        }
        assert!(!desk.sync_status().expect("a status").enrolled);
    }
    assert!(desk.sync_status().expect("a status").enrolled);
    desk.link().set(Weather::Clear);
    assert_eq!(desk.receives(&HANH, BIRTH), "H56.14-261123-01001", "the first lane, however often it was asked for");
    desk.syncs().expect("an exchange");
    assert_eq!(world.count_at_the_province("SELECT count(*) FROM lease"), 5);
}

#[test]
fn a_hub_that_hangs_counts_as_no_link_and_what_was_sent_to_it_is_shown_as_sent() {
    let world = World::new();
    let desk = world.enrolled_desk("Xã Cao Sơn");
    let code = desk.receives(&HANH, BIRTH);

    world.answered_by(&Stranger::new(&world, Key::Hub, Certificate::Valid, Says::Nothing));
    assert_eq!(impatient_round(&world, &desk), Code::HubSilent, "the request arrived, no answer did");
    assert_eq!(desk.dossier(&code).expect("a dossier").sync, SyncStep::Sent, "on its way, and not yet there");
    assert_eq!(desk.sync_status().expect("a status").acknowledged, 0);
    desk.link().set(Weather::Silent);
    let not_even_a_handshake = impatient_round(&world, &desk);
    assert!(matches!(not_even_a_handshake, Code::HubUnreachable | Code::HubSilent), "{not_even_a_handshake:?}");

    world.link_returns();
    desk.syncs().expect("an exchange");
    assert_eq!(desk.dossier(&code).expect("a dossier").sync, SyncStep::Received);
    assert_eq!(world.codes_at_the_province(&desk), [code]);
}

/// One round by somebody who waits a fraction of a second, where the product waits 45. Answers what went wrong.
fn impatient_round(world: &World, desk: &Desk) -> Code {
    let setting = |key| desk.store().read(|store| settings::get(store, key)).expect("a setting");
    let hub = Hub::patient(&desk.link().url(), KeyHash(bytes(&setting(Setting::HubKey))), Duration::from_millis(300));
    let device = SigningKey::from_bytes(&bytes(&setting(Setting::DeviceKey)));
    let hub = hub.expect("an address");
    let round =
        sync::round(desk.store(), &device, world.now_ms(), |request| hub.exchange(&device, message::SYNC, request));
    round.expect_err("nobody answers").code()
}

fn bytes<const N: usize>(hexadecimal: &str) -> [u8; N] {
    let bytes = data_encoding::HEXLOWER.decode(hexadecimal.as_bytes()).expect("hexadecimal");
    bytes.try_into().expect("so many bytes")
}
