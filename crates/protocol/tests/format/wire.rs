//! Operations packed place by place: what comes out is what the author wrote, on every way and in whatever order it is asked
//! for; and no bytes that claim to be packed do harm.

use crate::made_up::{content, header};
use domain::dossier::OpId;
use proptest::prelude::*;
use protocol::fields;
use protocol::frame::Dictionary;
use protocol::link::{Brought, Got, Piece, Pieces, Want, Which};
use protocol::op::{Encoded, Personal, Seed};
use protocol::wire::{BadWire, Packer, Run, Unpacker};

const SEED: Seed = [0x5e; 16];

fn nobody(_: OpId) -> Option<Seed> {
    None
}

fn everybody(_: OpId) -> Option<Seed> {
    Some(SEED)
}

/// Operations as a release writes them, and bytes as none would.
fn op() -> impl Strategy<Value = Encoded> {
    // Boxed: a tree of all kinds together is too much for a test's stack.
    let own = (header(), content().boxed())
        .prop_map(|(header, content)| fields::write(&header, &content, &SEED).expect("one"))
        .boxed();
    let bytes = || prop::collection::vec(any::<u8>(), 0..80);
    let strange = (bytes(), prop::option::of((bytes(), any::<[u8; 16]>()))).prop_map(|(public, personal)| Encoded {
        public,
        personal: personal.map(|(bytes, salt)| Personal { bytes, salt }),
    });
    let forgotten = own.clone().prop_map(|op| Encoded { personal: None, ..op });
    prop_oneof![6 => own, 1 => strange, 1 => forgotten].boxed()
}

fn frames() -> impl Strategy<Value = Vec<Vec<Run>>> {
    let run = (any::<u32>(), 1u64..1 << 40, prop::collection::vec(op(), 0..5)).prop_map(|(replica, first, ops)| Run {
        replica,
        first,
        ops,
    });
    prop::collection::vec(prop::collection::vec(run, 0..3), 0..5)
}

fn dictionaries() -> impl Strategy<Value = Dictionary> {
    prop_oneof![Just(Dictionary::None), Just(Dictionary::WIRE)]
}

proptest! {
    #[test]
    fn whatever_is_packed_comes_out_byte_for_byte(frames in frames(), dictionary in dictionaries(), seeds: bool) {
        let known: &dyn Fn(OpId) -> Option<Seed> = if seeds { &everybody } else { &nobody };
        let (mut packer, mut unpacker) =
            (Packer::new(dictionary).expect("a packer"), Unpacker::new(dictionary).expect("an unpacker"));
        for frame in frames {
            let packed = packer.pack(&frame, known).expect("a frame");
            prop_assert_eq!(unpacker.unpack(&packed, known).expect("the same"), frame);
        }
    }

    #[test]
    fn no_bytes_that_claim_to_be_packed_do_harm(
        frames in frames(), twists in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(), noise in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        // Without a packer in between, so that the twists reach the inside.
        let mut unpacker = Unpacker::new(Dictionary::None).expect("an unpacker");
        drop(unpacker.unpack(&noise, &everybody));
        let mut packer = Packer::new(Dictionary::None).expect("a packer");
        let mut unpacker = Unpacker::new(Dictionary::None).expect("an unpacker");
        for frame in frames {
            let mut packed = packer.pack(&frame, &everybody).expect("a frame");
            for (place, byte) in &twists {
                let place = place.index(packed.len());
                packed[place] ^= byte;
            }
            packed.truncate(cut.index(packed.len() + 1));
            drop(unpacker.unpack(&packed, &everybody));
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_on_a_connection_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..300), cut in any::<prop::sample::Index>()) {
        let (first, second) = bytes.split_at(cut.index(bytes.len() + 1));
        let mut pieces = Pieces::default();
        for part in [first, second] {
            pieces.arrived(part);
            while let Ok(Some(_)) = pieces.take() {}
        }
    }

    #[test]
    fn pieces_come_whole_however_they_are_cut(numbers in prop::collection::vec(any::<u64>(), 0..20), cut in 1usize..7) {
        let said: Vec<Piece> = numbers.iter().flat_map(|number| [
            Piece::Read(*number),
            Piece::Scan { number: *number as u32, offset: number / 3, bytes: vec![*number as u8; 9] },
            Piece::Got(Got { number: 4, offset: *number, whole: Some(number % 2 == 0), hash: None }),
            Piece::Brought(Brought { number: 1 << 31, hash: [*number as u8; 32], size: *number }),
            Piece::Want(Want { number: 5, which: Which::Hash([9; 32]), offset: *number, count: Some(*number as u32) }),
            Piece::Refused("fork".to_owned()),
        ]).collect();
        let bytes: Vec<u8> = said.iter().flat_map(Piece::encode).collect();
        let (mut pieces, mut heard) = (Pieces::default(), Vec::new());
        for part in bytes.chunks(cut) {
            pieces.arrived(part);
            while let Some(piece) = pieces.take().expect("pieces") {
                heard.push(piece);
            }
        }
        prop_assert_eq!(heard, said);
    }
}

#[test]
fn a_seed_that_only_the_sender_knows_is_said_to_be_missing() {
    let header = fields::Header {
        hlc: domain::dossier::Hlc(1 << 40),
        actor: None,
        dossier: Some(OpId { replica: 0, seq: 9 }),
        deps: vec![],
        was: None,
    };
    let note = domain::dossier::Op::Noted { text: "Hẹn buổi chiều".to_owned() };
    let op = fields::write(&header, &fields::Content::Dossier(note), &SEED).expect("an operation");
    let runs = [Run { replica: 3, first: 12, ops: vec![op] }];
    let packed = Packer::new(Dictionary::WIRE).expect("a packer").pack(&runs, &everybody).expect("a frame");
    let dossier = OpId { replica: 3, seq: 9 };
    let mut unpacker = Unpacker::new(Dictionary::WIRE).expect("an unpacker");
    assert!(matches!(unpacker.unpack(&packed, &nobody), Err(BadWire::UnknownSeed(unknown)) if unknown == dossier));
    let plain = Packer::new(Dictionary::WIRE).expect("a packer").pack(&runs, &nobody).expect("a frame");
    let mut unpacker = Unpacker::new(Dictionary::WIRE).expect("an unpacker");
    assert_eq!(unpacker.unpack(&plain, &nobody).expect("the same"), runs);
}
