//! Databases of releases that have left the house, each opened by this one. Communes do not update on one day.
//!
//! `desk-0001` is of the first release. `FREEZE=1 cargo test -p motcua-tests --test frozen` makes it anew, which is right
//! only before that release; later releases get a folder of their own beside it.
#![expect(clippy::expect_used, reason = "a test that meets what it does not expect has failed")]

mod traffic;

use desk::api::{Desk, Sitter};
use desk::keys::{KeyFile, Unlock};
use desk::place::Place;
use desk::store::dossiers::{self, Filter};
use desk::texts::Language;
use domain::dossier::{Dossier, Op, Person};
use domain::person::{CitizenId, PartialDate, Phone};
use motcua_tests::support::{
    BIRTH, CERTIFIED_COPY, HANH, MINUTE, PAO, PASSPHRASE, RESIDENCE, World, YNUE, brought, copy_folder,
};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("frozen").join(name)
}

/// The frozen desk, at work in a world.
fn thawed(world: &World) -> Desk {
    let place = Place::on_machine(world.path("thawed"), world.path("a machine that never met it"));
    copy_folder(&folder("desk-0001"), place.data());
    let mut keys = KeyFile::read(&place).expect("its keys");
    let key = keys.unlock(&Unlock::Passphrase(PASSPHRASE), &place, world.now_ms()).expect("its passphrase");
    Desk::open(place, keys, key, &Sitter::First, world.clock(), Language::Vietnamese).expect("the desk")
}

#[test]
fn a_desk_of_the_first_release_is_opened_read_and_worked_on() {
    let frozen = folder("desk-0001");
    if std::env::var_os("FREEZE").is_some() {
        freeze(&frozen);
    }
    let before = fs::read(frozen.join("desk.db")).expect("the frozen database");

    let world = World::new();
    let desk = thawed(&world);

    let verified = desk.verify().expect("a verification");
    assert_eq!(verified.faults, Vec::<String>::new());
    let said = told(&desk);
    let file = frozen.join("expected.txt");
    if std::env::var_os("FREEZE").is_some() {
        fs::write(&file, &said).expect("the golden text");
    }
    let expected = fs::read_to_string(&file).expect("the golden text");
    assert!(said == expected, "the frozen desk tells something else than it did:\n{said}");
    assert_eq!(desk.officers().expect("officers").len(), 3);
    assert_eq!(desk.find("dang my hanh").expect("a search").len(), 1);
    assert_eq!(desk.find("na mau").expect("a search").len(), 1, "what this release searches by, in an older store too");
    assert_eq!(desk.today().expect("the first screen").drafts.len(), 1);
    let rows = desk.find("h56 14").expect("a search");
    assert_eq!(rows.len(), 3);
    for row in rows {
        desk.dossier(&row.code).expect("its page");
        desk.receipt_pdf(&row.code, desk::api::receipt::Paper::A5).expect("its receipt");
    }

    // It goes on: a new dossier, a remark on an old one, and the way to the province of today.
    let (added, _) =
        desk.receive_answering_all(brought(&desk, &YNUE, BIRTH), desk.now().expect("a time")).expect("a dossier");
    desk.add_note("H56.14-261123-01001", "Sau khi cập nhật phần mềm").expect("a remark");
    // A province that has leased the numbers of the frozen one to others before.
    let _others = [world.enrolled_desk("Xã Cao Sơn"), world.enrolled_desk("Xã Cao Sơn")];
    let agency = domain::code::AgencyCode::parse("H56.14").expect("an agency");
    let now = u64::try_from(world.now_ms()).expect("now");
    let code = hub::add_desk(&world.hub_folder(), &agency, "Quầy 1", now).expect("a code").to_string();
    let hub = desk::api::enrol::EnrolInput { hub: world.hub_url(), code };
    desk.enrol(&hub).expect("enrolment");
    let (status, _) = desk.sync_now().expect("an exchange");
    assert_eq!(status.waiting, 0);
    let listed = hub::dossiers(&world.hub_folder(), &agency).expect("the list");
    assert!(listed.iter().any(|line| line.code.as_deref() == Some(&added.code)));
    assert_eq!(desk.verify().expect("a verification").faults, Vec::<String>::new());

    drop(desk);
    assert!(fs::read(frozen.join("desk.db")).expect("the frozen database") == before, "the frozen one never changes");
}

/// A commune of two desks at the end of a day; the first one is kept.
fn freeze(target: &Path) {
    let world = World::new();
    let mut desk = world.desk("Xã Cao Sơn");
    let early = desk.receives(&PAO, CERTIFIED_COPY);
    desk.enrols().expect("enrolment");
    let officer = |name: &str, pin: &str| desk::api::officers::AddOfficer {
        name: name.to_owned(),
        role: desk::api::officers::Role::OneStop,
        pin: pin.to_owned(),
    };
    desk.add_officer(&officer("Vàng A Sính", "135791")).expect("an officer");
    let mut draft = desk.draft(&HANH, BIRTH);
    draft.applicant.phone = "0912000001".to_owned();
    draft.submitter = Some(PAO.input());
    draft.relation = "cháu".to_owned();
    draft.authorisation = "Giấy ủy quyền số 12".to_owned();
    draft.helper = "Tình nguyện viên A".to_owned();
    draft.note = "Hẹn buổi chiều".to_owned();
    let (received, _) = desk.receive_answering_all(draft, desk.now().expect("a time")).expect("a dossier");
    world.passes(MINUTE);
    desk.change_phone(&received.code, "0912000002").expect("a change");
    desk.give_alias(&received.code, "000.00.01.H56-261123-0007").expect("the official code");
    desk.print_to_file(&received.code, desk::api::receipt::Paper::A5, &world.path("a.pdf")).expect("a receipt");
    desk.add_note(&early, "Đã trả kết quả").expect("a remark");

    let second = world.enrolled_desk("Xã Cao Sơn");
    let theirs = second.receives(&YNUE, RESIDENCE);
    second.syncs().expect("an exchange");
    desk.syncs().expect("an exchange");
    second.syncs().expect("an exchange");
    second.change_phone(&received.code, "").expect("a change");
    second.syncs().expect("an exchange");
    desk.add_note(&theirs, "Chuyển sang bàn một").expect("a remark on the other desk's dossier");
    desk.syncs().expect("an exchange");
    let draft = desk.draft(&YNUE, BIRTH);
    desk.save_draft(&draft).expect("a draft");
    desk.is_sound();
    desk.closes();
    fs::create_dir_all(target).expect("a folder");
    fs::copy(desk.database(), target.join("desk.db")).expect("the database");
    fs::copy(desk.place().keys(), target.join("keys.json")).expect("the keys");
}

/// Everything the desk's dossiers are made of, but for the look-up secret, which is another at each freezing.
fn told(desk: &Desk) -> String {
    let dossiers: Vec<Dossier> = desk
        .store()
        .read(|store| {
            let rows = dossiers::list(store, Filter::All, "", 100, 0)?;
            rows.iter().map(|row| dossiers::load(store, row.at)).filter_map(Result::transpose).collect()
        })
        .expect("the dossiers");
    let mut dossiers: Vec<(&str, &Dossier)> =
        dossiers.iter().map(|dossier| (dossier.received().code.as_str(), dossier)).collect();
    dossiers.sort_unstable_by_key(|(code, _)| *code);
    let mut text = String::new();
    for (_, dossier) in dossiers {
        tell(&mut text, dossier).expect("memory takes every letter");
    }
    text
}

fn tell(text: &mut String, dossier: &Dossier) -> std::fmt::Result {
    let received = dossier.received();
    writeln!(text, "{} ({}/{}), {}", received.code, dossier.id().replica, dossier.id().seq, received.agency.as_str())?;
    let procedure = &received.procedure;
    writeln!(
        text,
        "  {} {} ({}), {}, {:?}",
        procedure.code, procedure.name, procedure.field, procedure.version, procedure.limit
    )?;
    writeln!(text, "  chủ hồ sơ: {}", person(&received.applicant))?;
    if let Some(submitter) = &received.submitter {
        writeln!(
            text,
            "  người nộp: {}; {}; {}",
            person(&submitter.person),
            submitter.relation,
            submitter.authorisation
        )?;
    }
    let due = received.due.map(|due| due.to_string()).unwrap_or_default();
    writeln!(
        text,
        "  {:?}, {} – {due} {}, {} bộ",
        received.channel, received.at, received.due_provisional, received.sets
    )?;
    writeln!(text, "  {:?}, {:?}, {:?}, {:?}", received.result_at, received.card_seen, received.helper, received.note)?;
    for paper in &received.papers {
        writeln!(text, "  - {} {}/{} {}", paper.name, paper.originals, paper.copies, paper.note)?;
    }
    writeln!(text, "  điện thoại: {}", dossier.phone().map(Phone::as_str).unwrap_or_default())?;
    for entry in dossier.timeline() {
        let stamp = &entry.stamp;
        let actor = stamp.actor.map(|actor| format!("{}/{}", actor.replica, actor.seq)).unwrap_or_default();
        let what = match &entry.op {
            Op::Received(_) => "nhận".to_owned(),
            Op::Noted { text } => format!("ghi chú: {text}"),
            Op::PhoneChanged { phone } => {
                format!("điện thoại: {}", phone.as_ref().map(Phone::as_str).unwrap_or_default())
            }
            Op::AliasGiven { code } => format!("mã chính thức: {code}"),
            Op::Printed { form, copy } => format!("in mẫu {form}, lần {copy}"),
            Op::Unknown { kind } => format!("loại {kind}"),
            newer => format!("{newer:?}"),
        };
        writeln!(text, "  {}/{} {:016x} {actor}: {what}", stamp.id.replica, stamp.id.seq, stamp.hlc.0)?;
    }
    Ok(())
}

fn person(person: &Person) -> String {
    let number = person.number.as_ref().map(CitizenId::as_str).unwrap_or_default();
    let born = person.born.map(PartialDate::iso).unwrap_or_default();
    let phone = person.phone.as_ref().map(Phone::as_str).unwrap_or_default();
    let old = person.old_number.as_deref().unwrap_or_default();
    format!(
        "{}, {number}, {old}, {born}, {:?}, {}, {phone}, {}",
        person.name.as_str(),
        person.sex,
        person.address,
        person.email
    )
}
