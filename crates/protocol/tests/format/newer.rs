//! What a newer release writes is kept and read as far as it is understood.

use crate::made_up::one_of_each;
use domain::dossier::Op;
use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use protocol::fields::{self, Content};
use protocol::message::Carried;
use protocol::op::{Encoded, Personal, Public};

const SEED: [u8; 16] = [0x5e; 16];

/// A CBOR map with one more field, of a number no release has given yet.
fn with_another_field(map: &[u8]) -> Vec<u8> {
    let mut decoder = Decoder::new(map);
    let length = decoder.map().expect("a map").expect("of known length");
    let rest = map.get(decoder.position()..).expect("its fields");
    let mut encoder = Encoder::new(Vec::new());
    encoder.map(length + 1).expect("a map");
    let mut bytes = encoder.into_writer();
    bytes.extend_from_slice(rest);
    let mut encoder = Encoder::new(bytes);
    encoder.u32(4000).and_then(|encoder| encoder.array(2)).expect("a field");
    encoder
        .str("điều chưa biết")
        .and_then(|encoder| encoder.map(1))
        .and_then(|encoder| encoder.u8(1))
        .expect("a field");
    encoder.bytes(&[1, 2, 3]).expect("a field");
    encoder.into_writer()
}

#[test]
fn a_kind_nobody_knows_yet_is_kept_and_passed_on() {
    let (_, _, content) = one_of_each().swap_remove(3);
    let (_, header, _) = one_of_each().swap_remove(3);
    let op = fields::write(&header, &content, &SEED).expect("an operation");
    let known = Public::decode(&op.public).expect("a public part");
    for kind in [0, 900, 901, 9999, u16::MAX] {
        let newer = Public { kind, schema: 7, fields: vec![0x01, 0x02, 0xff], ..known.clone() };
        let op = Encoded { public: with_another_field(&newer.encode()), personal: op.personal.clone() };
        let public = op.open().expect("it opens");
        assert_eq!((public.kind, public.schema), (kind, 7));
        let personal = op.personal.as_ref().map(|personal| personal.bytes.as_slice());
        assert_eq!(
            fields::read(&public, personal).expect("read as far as known"),
            Content::Dossier(Op::Unknown { kind })
        );
        // Passed on byte for byte; written anew by nobody.
        let bytes = minicbor::to_vec(Carried::from(op.clone())).expect("memory takes every byte");
        let arrived: Carried = minicbor::decode(&bytes).expect("an operation");
        assert_eq!(Encoded::from(arrived), op);
        assert!(fields::write(&header, &Content::Dossier(Op::Unknown { kind }), &SEED).is_err());
    }
}

#[test]
fn a_field_nobody_knows_yet_is_skipped_and_kept() {
    for (name, header, content) in one_of_each() {
        let op = fields::write(&header, &content, &SEED).expect("an operation");
        let known = Public::decode(&op.public).expect("a public part");
        let personal = op
            .personal
            .as_ref()
            .map(|personal| Personal { bytes: with_another_field(&personal.bytes), salt: personal.salt });
        let public = Public {
            fields: with_another_field(&known.fields),
            personal: personal.as_ref().map(Personal::hash),
            ..known.clone()
        };
        let newer = Encoded { public: with_another_field(&public.encode()), personal };
        let opened = newer.open().expect("it opens");
        assert_eq!(opened, public, "{name}");
        let bytes = newer.personal.as_ref().map(|personal| personal.bytes.as_slice());
        assert_eq!(fields::read(&opened, bytes).expect("its fields"), content, "{name}");
        let sent = minicbor::to_vec(Carried::from(newer.clone())).expect("memory takes every byte");
        assert_eq!(Encoded::from(minicbor::decode::<Carried>(&sent).expect("an operation")), newer, "{name}");
    }
}

#[test]
fn every_part_is_a_map_so_that_fields_can_be_added() {
    for (name, header, content) in one_of_each() {
        let op = fields::write(&header, &content, &SEED).expect("an operation");
        let public = Public::decode(&op.public).expect("a public part");
        let parts = [Some(&op.public), Some(&public.fields), op.personal.as_ref().map(|personal| &personal.bytes)];
        for part in parts.into_iter().flatten() {
            assert_eq!(Decoder::new(part).datatype().expect("CBOR"), Type::Map, "{name}");
        }
    }
}
