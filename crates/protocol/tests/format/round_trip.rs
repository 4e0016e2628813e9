//! What is written is read as it was meant, by whatever way it travels.

use crate::made_up::{content, header};
use proptest::prelude::*;
use protocol::fields;
use protocol::frame::{self, Dictionary};
use protocol::message::{Carried, Relayed, SyncReply};
use protocol::op::{Encoded, Public, Ref};

proptest! {
    #[test]
    fn any_operation_is_read_as_it_was_written(header in header(), content in content(), seed: [u8; 16]) {
        let op = fields::write(&header, &content, &seed).expect("an operation");
        let public = op.open().expect("its own personal part");
        let personal = op.personal.as_ref().map(|personal| personal.bytes.as_slice());
        prop_assert_eq!(&fields::read(&public, personal).expect("its fields"), &content);
        prop_assert_eq!(public.hlc, header.hlc.0);
        prop_assert_eq!(public.actor, header.actor.map(Ref::from));
        prop_assert_eq!(public.dossier, header.dossier.map(Ref::from));
        prop_assert_eq!(public.deps.clone().unwrap_or_default(), header.deps.iter().copied().map(Ref::from).collect::<Vec<_>>());
        prop_assert_eq!(public.encode(), op.public.clone(), "encoded once, the same bytes for ever");

        // Without the personal part the public one still opens; with a strange one it does not.
        let forgotten = Encoded { personal: None, ..op.clone() };
        prop_assert!(forgotten.open().is_ok());
        if let Some(mut personal) = op.personal.clone() {
            personal.salt[0] ^= 1;
            let strange = Encoded { personal: Some(personal), ..op.clone() };
            prop_assert!(strange.open().is_err());
        }
        // No personal data stands in the public part but the procedure's, the papers' and the agency's.
        if let fields::Content::Dossier(domain::dossier::Op::Received(received)) = &content
            && let Some(number) = &received.applicant.number
        {
            let number = number.as_str().as_bytes();
            prop_assert!(!op.public.windows(number.len()).any(|window| window == number));
        }
    }

    #[test]
    fn any_operation_travels_unchanged(contents in prop::collection::vec((header(), content()), 0..6), seed: [u8; 16], none: bool) {
        let mut ops = Vec::new();
        for (seq, (header, content)) in (1..).zip(&contents) {
            let op = fields::write(header, content, &seed).expect("an operation");
            ops.push(Relayed { replica: 3, seq, op: Carried::from(op), set_aside: None });
        }
        let reply = SyncReply {
            epoch: 1, time_ms: 2, acknowledged: 3, ops, cursor: 4, more: false, set_aside: vec![], backed_up: None,
        };
        let dictionary = if none { Dictionary::None } else { Dictionary::NEWEST };
        let packed = frame::pack(&reply, dictionary).expect("a frame");
        prop_assert_eq!(frame::unpack::<SyncReply>(&packed).expect("a message"), reply);
    }

    #[test]
    fn whatever_bytes_an_operation_has_they_arrive_as_they_are(
        public in prop::collection::vec(any::<u8>(), 0..80), personal in prop::option::of(prop::collection::vec(any::<u8>(), 0..80)),
        salt: [u8; 16],
    ) {
        let salt = personal.as_ref().map(|_| salt);
        let carried = Carried { public, personal, salt };
        let bytes = minicbor::to_vec(&carried).expect("memory takes every byte");
        prop_assert_eq!(minicbor::decode::<Carried>(&bytes).expect("the same"), carried);
    }

    #[test]
    fn a_public_part_is_bytes_a_newer_release_may_have_made(kind: u16, schema: u16, hlc: u64, fields in prop::collection::vec(any::<u8>(), 0..40)) {
        let public = Public { kind, schema, hlc, actor: None, dossier: None, deps: None, fields, personal: None, was: None };
        prop_assert_eq!(Public::decode(&public.encode()).expect("a public part"), public);
    }
}
