//! The bytes of one operation of each kind, as golden.txt holds them. A difference is a change of the format: desks and hubs
//! of earlier releases hold operations in these bytes. `BLESS=1` writes the file anew, which is right only for a new line or
//! before the first release.

use crate::made_up::{FIRST, one_of_each};
use data_encoding::HEXLOWER;
use domain::dossier::{Op, OpId};
use ed25519_dalek::SigningKey;
use minicbor::Encode;
use protocol::chain::{self, Checkpoint};
use protocol::enrolment::KeyHash;
use protocol::fields::{self, Content};
use protocol::message::{
    Carried, EnrolReply, EnrolRequest, Lease, Refused, Relayed, SYNC, SetAside, Signed, SyncReply, SyncRequest,
};
use protocol::op::{Encoded, Personal, Public};
use std::collections::BTreeMap;
use std::path::Path;

const SEED: [u8; 16] = [0x5e; 16];

fn stored() -> BTreeMap<String, Vec<u8>> {
    let lines = include_str!("golden.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (name, hexadecimal) = line.split_once(' ').expect("a name and its bytes");
            (name.to_owned(), HEXLOWER.decode(hexadecimal.as_bytes()).expect("hexadecimal"))
        })
        .collect()
}

fn written() -> Vec<(String, Vec<u8>)> {
    let mut lines = Vec::new();
    let mut head = chain::START;
    let mut carried = Vec::new();
    for (place, (name, header, content)) in one_of_each().into_iter().enumerate() {
        let op = fields::write(&header, &content, &SEED).expect("an operation");
        lines.push((format!("{name}.public"), op.public.clone()));
        if let Some(personal) = &op.personal {
            lines.push((format!("{name}.personal"), personal.bytes.clone()));
            lines.push((format!("{name}.salt"), personal.salt.to_vec()));
        }
        if place < FIRST {
            head = chain::follow(&head, &op.public);
            carried.push(Carried::from(op));
        }
    }
    lines.push(("chain.head".to_owned(), head.to_vec()));

    let key = SigningKey::from_bytes(&[3; 32]);
    let checkpoint = Checkpoint::sign(&key, 12, 8, head);
    let relayed = carried
        .iter()
        .take(2)
        .map(|op| Relayed { replica: 12, seq: 5, op: op.clone(), set_aside: Some("code_taken".to_owned()) })
        .collect();
    let request =
        SyncRequest { epoch: 1, replica: 12, first: 1, ops: carried, checkpoint: Some(checkpoint), cursor: 99 };
    let reply = SyncReply {
        epoch: 1,
        time_ms: 1_795_312_800_000,
        acknowledged: 8,
        ops: relayed,
        cursor: 101,
        more: true,
        set_aside: vec![SetAside { seq: 3, reason: "code_taken".to_owned() }],
        backed_up: Some(7),
    };
    let enrol = EnrolRequest {
        secret: [9; 8],
        device: key.verifying_key().to_bytes(),
        label: "Xã Cao Sơn – 2".to_owned(),
        agency: "H56.14".to_owned(),
    };
    let enrolled = EnrolReply {
        epoch: 1,
        leases: vec![Lease { replica: 12, lane: 1 }, Lease { replica: 13, lane: 2 }],
        time_ms: 5,
        roster: None,
    };
    let signed = Signed::new(&key, &KeyHash::of(b"a public key"), SYNC, vec![0, 1, 2, 3]);
    lines.push(("sync_request".to_owned(), bytes(&request)));
    lines.push(("sync_reply".to_owned(), bytes(&reply)));
    lines.push(("enrol_request".to_owned(), bytes(&enrol)));
    lines.push(("enrol_reply".to_owned(), bytes(&enrolled)));
    lines.push(("refused".to_owned(), bytes(&Refused { code: "fork".to_owned() })));
    lines.push(("signed".to_owned(), signed.encode()));
    // A dictionary's number is never given another content; the hash stands for it.
    let dictionary = include_bytes!("../../dictionaries/1.zdict");
    lines.push(("dictionary_1.hash".to_owned(), blake3::hash(dictionary).as_bytes().to_vec()));
    lines
}

fn bytes(message: &impl Encode<()>) -> Vec<u8> {
    minicbor::to_vec(message).expect("memory takes every byte")
}

#[test]
fn the_bytes_are_the_ones_of_the_first_release() {
    let written = written();
    if std::env::var_os("BLESS").is_some() {
        let head =
            "# One operation of each kind and one message of each kind: name, bytes in hexadecimal. See golden.rs.\n";
        let lines = written.iter().map(|(name, bytes)| format!("{name} {}\n", HEXLOWER.encode(bytes)));
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/format/golden.txt");
        return std::fs::write(file, lines.fold(head.to_owned(), |text, line| text + &line)).expect("the golden file");
    }
    let stored = stored();
    for (name, bytes) in &written {
        let golden = stored.get(name).unwrap_or_else(|| panic!("{name} has no line in golden.txt"));
        assert!(
            golden == bytes,
            "{name} is written in other bytes than before:\n{}\n{}",
            HEXLOWER.encode(golden),
            HEXLOWER.encode(bytes)
        );
    }
    assert_eq!(stored.len(), written.len(), "a line of golden.txt is written by nothing any more");
}

#[test]
fn the_bytes_of_the_first_release_are_read() {
    if std::env::var_os("BLESS").is_some() {
        return;
    }
    let stored = stored();
    let part = |name: &str, part: &str| stored.get(&format!("{name}.{part}")).cloned();
    for (name, header, content) in one_of_each() {
        let personal = part(name, "personal")
            .zip(part(name, "salt"))
            .map(|(bytes, salt)| Personal { bytes, salt: salt.try_into().expect("sixteen bytes") });
        let op = Encoded { public: part(name, "public").expect("a public part"), personal };
        let public: Public = op.open().expect("an operation");
        assert_eq!(public.hlc, header.hlc.0);
        assert_eq!(public.dossier.map(|dossier| dossier.seen_from(4)), header.dossier);
        assert_eq!(
            public.actor.map(|actor| actor.seen_from(4)),
            header.actor.map(|actor| OpId { replica: 4, ..actor })
        );
        let personal = op.personal.as_ref().map(|personal| personal.bytes.as_slice());
        assert_eq!(fields::read(&public, personal).expect("its fields"), content, "{name}");
        assert_eq!(personal.and_then(fields::seed), name_begins(name).then_some(SEED), "{name}");
        // Without its personal part it is still read: somebody, some words, no number.
        let forgotten = fields::read(&public, None).expect("its fields");
        match (forgotten, content) {
            (Content::Dossier(Op::Received(left)), Content::Dossier(Op::Received(was))) => {
                assert_eq!((left.code, left.at, left.procedure), (was.code, was.at, was.procedure));
                assert!(left.applicant.number.is_none() && left.submitter.is_none() && left.note.is_empty());
            }
            (Content::Dossier(left), Content::Dossier(was)) => {
                assert_eq!(std::mem::discriminant(&left), std::mem::discriminant(&was));
            }
            (Content::OfficerAdded { name, role }, Content::OfficerAdded { role: was, .. }) => {
                assert_eq!((name.as_str(), role), ("", was));
            }
            (Content::ClockNoted(left), Content::ClockNoted(was)) => assert_eq!(left, was),
            (Content::NotReceived(left), Content::NotReceived(was)) => {
                assert_eq!((left.outcome, left.missing, left.at), (was.outcome, was.missing, was.at));
                assert!(left.person.is_none() && left.reason.is_empty());
            }
            (Content::ShiftClosed(left), Content::ShiftClosed(was)) => {
                assert_eq!((left.sums, left.reason.as_str()), (was.sums, ""));
            }
            (Content::PaidIn(left), Content::PaidIn(was)) => {
                assert_eq!((left.amount, left.document.as_str()), (was.amount, ""));
            }
            (left, was) => panic!("{was:?} became {left:?}"),
        }
    }
    assert!(minicbor::decode::<SyncRequest>(&stored["sync_request"]).is_ok());
    assert!(minicbor::decode::<SyncReply>(&stored["sync_reply"]).is_ok());
    assert!(minicbor::decode::<EnrolRequest>(&stored["enrol_request"]).is_ok());
    assert!(minicbor::decode::<EnrolReply>(&stored["enrol_reply"]).is_ok());
    let key = SigningKey::from_bytes(&[3; 32]).verifying_key();
    let signed = Signed::decode(&stored["signed"]).expect("a signed frame");
    assert!(signed.is_signed_by(&key, &KeyHash::of(b"a public key"), SYNC));
}

/// Whether an operation begins a dossier or belongs to none, so that its personal part carries the seed of the salts.
fn name_begins(name: &str) -> bool {
    name.starts_with("received")
        || name.starts_with("not_received")
        || ["officer_added", "shift_closed", "shift_closed_least", "paid_in"].contains(&name)
}
