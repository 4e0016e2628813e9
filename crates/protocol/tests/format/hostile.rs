//! Bytes that mean harm: torn, twisted, endless, deep.

use crate::made_up::{content, header, one_of_each};
use proptest::prelude::*;
use protocol::fields;
use protocol::frame::{self, BadFrame, Dictionary, MAX_MESSAGE};
use protocol::message::{Carried, EnrolReply, EnrolRequest, Refused, Signed, SyncReply, SyncRequest};
use protocol::op::{Encoded, MAX_PART, Malformed, Personal, Public};

const SEED: [u8; 16] = [0x5e; 16];

/// Reads bytes as everything that reads bytes from outside. None of it may panic.
fn read_as_everything(bytes: &[u8]) {
    drop(Signed::decode(bytes));
    fields::seed(bytes);
    for personal in [None, Some(Personal { bytes: bytes.to_vec(), salt: SEED })] {
        drop(Encoded { public: bytes.to_vec(), personal }.open());
    }
    if let Ok(public) = Public::decode(bytes) {
        drop(fields::read(&public, None));
        drop(fields::read(&public, Some(bytes)));
    }
    for kind in (0..20).chain([u16::MAX]) {
        let public = Public {
            kind,
            schema: 1,
            hlc: 0,
            actor: None,
            dossier: None,
            deps: None,
            was: None,
            fields: bytes.to_vec(),
            personal: None,
        };
        drop(fields::read(&public, None));
        drop(fields::read(&public, Some(bytes)));
    }
    drop(minicbor::decode::<Carried>(bytes));
    drop(minicbor::decode::<SyncRequest>(bytes));
    drop(minicbor::decode::<SyncReply>(bytes));
    drop(frame::unpack::<SyncRequest>(bytes));
    drop(frame::unpack::<SyncReply>(bytes));
    drop(frame::unpack::<EnrolRequest>(bytes));
    drop(frame::unpack::<EnrolReply>(bytes));
    drop(frame::unpack::<Refused>(bytes));
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_as_everything(&bytes);
        for dictionary in [0, 1] {
            read_as_everything(&[&[dictionary], bytes.as_slice()].concat());
        }
    }

    #[test]
    fn nor_do_operations_torn_and_twisted(
        header in header(), content in content(), twists in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let op = fields::write(&header, &content, &SEED).expect("an operation");
        let personal = op.personal.as_ref().map(|personal| personal.bytes.clone());
        let frame = frame::pack(&Carried::from(op.clone()), Dictionary::NEWEST).expect("a frame");
        for mut bytes in [Some(op.public), personal, Some(frame)].into_iter().flatten() {
            for (place, byte) in &twists {
                let place = place.index(bytes.len());
                bytes[place] ^= byte;
            }
            read_as_everything(&bytes);
            bytes.truncate(cut.index(bytes.len()));
            read_as_everything(&bytes);
        }
    }
}

#[test]
fn a_frame_that_unpacks_to_more_than_any_message_is_refused() {
    for dictionary in [0_u8, 1] {
        let mut packer = zstd::bulk::Compressor::new(19).expect("a packer");
        packer.include_magicbytes(false).expect("a setting");
        packer.include_contentsize(false).expect("a setting");
        let bomb = [&[dictionary], packer.compress(&vec![0; 16 * MAX_MESSAGE]).expect("a bomb").as_slice()].concat();
        assert!(bomb.len() < 64 * 1024, "{} bytes", bomb.len());
        assert!(matches!(frame::unpack::<SyncReply>(&bomb), Err(BadFrame::Packing(_))));
    }
    assert!(frame::pack(&Refused { code: "x".repeat(MAX_MESSAGE) }, Dictionary::None).is_err());
    let large = Refused { code: "x".repeat(MAX_MESSAGE - 100) };
    let packed = frame::pack(&large, Dictionary::NEWEST).expect("a frame");
    assert_eq!(frame::unpack::<Refused>(&packed).expect("the largest message"), large);
}

#[test]
fn a_part_longer_than_any_is_refused_before_it_is_parsed() {
    let (_, header, content) = one_of_each().swap_remove(3);
    let op = fields::write(&header, &content, &SEED).expect("an operation");
    let longer = [op.public.as_slice(), &vec![0; MAX_PART]].concat();
    assert!(matches!(Public::decode(&longer), Err(Malformed::TooLong)));
    let trailing = [op.public.as_slice(), &[0]].concat();
    assert!(Public::decode(&trailing).is_err(), "two values are no operation");
}

#[test]
fn depth_and_claimed_length_cost_nothing() {
    // Under a number nobody knows: arrays in arrays, as deep as a part is long.
    let deep = [[0xb9, 0x00, 0x01, 0x18, 0xc8].as_slice(), &vec![0x81; MAX_PART - 16], &[0x00]].concat();
    read_as_everything(&deep);
    let deep = [[0xb9, 0x00, 0x01, 0x18, 0xc8].as_slice(), &vec![0x9f; MAX_PART - 16]].concat();
    read_as_everything(&deep);
    let deep = [[0xb9, 0x00, 0x01, 0x18, 0xc8].as_slice(), &vec![0xd8; MAX_PART - 16]].concat();
    read_as_everything(&deep);
    // Strings, arrays and maps that claim to be longer than memory.
    for claim in [0x5b, 0x7b, 0x9b, 0xbb] {
        for key in 0..=7 {
            let lie = [[0xa1, key, claim].as_slice(), &[0x7f; 8]].concat();
            read_as_everything(&lie);
            read_as_everything(&[&[0x9b], [0x7f; 8].as_slice(), &lie].concat());
        }
    }
}
