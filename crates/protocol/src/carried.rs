//! An operation on its way, without what the receiver works out for itself.
//!
//! The hash of a personal part stands at the end of the public part and follows from the personal part and its salt; the
//! salt of an operation that begins a dossier or an officer follows from the seed in its own personal part. Neither
//! travels where that is so: 32 and 16 bytes that no packing can shorten. The receiver puts them back, and what it
//! chains and stores are the author's own bytes.

use crate::fields;
use crate::op::{Encoded, Malformed, Personal, Public, Salt, salt};
use domain::dossier::Hlc;
use minicbor::encode::Write;
use minicbor::{Decode, Decoder, Encode, Encoder};

/// An operation as it is sent and relayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// Public part.
    pub public: Vec<u8>,
    /// Personal part, unless there is none or it has been forgotten.
    pub personal: Option<Vec<u8>>,
    /// Its salt.
    pub salt: Option<Salt>,
}

impl From<Encoded> for Carried {
    fn from(op: Encoded) -> Self {
        let (personal, salt) = op.personal.map(|p| (p.bytes, p.salt)).unzip();
        Self { public: op.public, personal, salt }
    }
}

impl From<Carried> for Encoded {
    fn from(carried: Carried) -> Self {
        let personal = carried.personal.zip(carried.salt).map(|(bytes, salt)| Personal { bytes, salt });
        Self { public: carried.public, personal }
    }
}

/// What stands in a message.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Wire {
    /// The public part as it is.
    #[cbor(n(0), with = "minicbor::bytes")]
    public: Option<Vec<u8>>,
    #[cbor(n(1), with = "minicbor::bytes")]
    personal: Option<Vec<u8>>,
    /// Its salt, unless it follows from the seed in `personal`.
    #[cbor(n(2), with = "minicbor::bytes")]
    salt: Option<Salt>,
    /// Instead of 0: the public part up to the hash of `personal`, which ends it.
    #[cbor(n(3), with = "minicbor::bytes")]
    trunk: Option<Vec<u8>>,
}

impl Wire {
    fn of(carried: &Carried) -> Self {
        let whole = || Self {
            public: Some(carried.public.clone()),
            personal: carried.personal.clone(),
            salt: carried.salt,
            trunk: None,
        };
        let (Some(bytes), Some(salt)) = (&carried.personal, carried.salt) else { return whole() };
        let hash = Personal { bytes: bytes.clone(), salt }.hash();
        let Some(trunk) = carried.public.strip_suffix(&hash) else { return whole() };
        let follows = own_salt(trunk, bytes).is_ok_and(|own| own == Some(salt));
        Self {
            public: None,
            personal: Some(bytes.clone()),
            salt: (!follows).then_some(salt),
            trunk: Some(trunk.to_vec()),
        }
    }

    fn complete(self) -> Result<Carried, Malformed> {
        let Some(mut public) = self.trunk else {
            let public = self.public.ok_or(Malformed::Field("public"))?;
            return Ok(Carried { public, personal: self.personal, salt: self.salt });
        };
        let bytes = self.personal.ok_or(Malformed::Field("personal"))?;
        let salt = match self.salt {
            Some(salt) => salt,
            None => own_salt(&public, &bytes)?.ok_or(Malformed::Field("salt"))?,
        };
        let personal = Personal { bytes, salt };
        public.extend(personal.hash());
        Ok(Carried { public, personal: Some(personal.bytes), salt: Some(salt) })
    }
}

/// The salt that follows from the seed in an operation's own personal part, if it holds one.
fn own_salt(trunk: &[u8], personal: &[u8]) -> Result<Option<Salt>, Malformed> {
    // The time stands before the hash, so any 32 bytes do in its place.
    let hlc = Hlc(Public::decode(&[trunk, &[0; 32]].concat())?.hlc);
    Ok(fields::seed(personal).map(|seed| salt(&seed, hlc)))
}

impl<C> Encode<C> for Carried {
    fn encode<W: Write>(&self, e: &mut Encoder<W>, ctx: &mut C) -> Result<(), minicbor::encode::Error<W::Error>> {
        Wire::of(self).encode(e, ctx)
    }
}

impl<'b, C> Decode<'b, C> for Carried {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        Wire::decode(d, ctx)?.complete().map_err(minicbor::decode::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::{Content, Header, Role};
    use domain::dossier::{Op, OpId};

    const SEED: [u8; 16] = [5; 16];

    fn op(content: &Content) -> Encoded {
        let dossier = matches!(content, Content::Dossier(_)).then_some(OpId { replica: 0, seq: 9 });
        let header = Header { hlc: Hlc(1 << 40), actor: None, dossier, deps: vec![], was: None };
        fields::write(&header, content, &SEED).expect("an operation")
    }

    fn begins() -> Encoded {
        op(&Content::OfficerAdded { name: "Lò Thị Mai".to_owned(), role: Role::OneStop })
    }

    fn follows() -> Encoded {
        op(&Content::Dossier(Op::Noted { text: "Hẹn buổi chiều".to_owned() }))
    }

    fn sent(carried: &Carried) -> Vec<u8> {
        minicbor::to_vec(carried).expect("memory takes every byte")
    }

    fn holds(bytes: &[u8], part: &[u8]) -> bool {
        bytes.windows(part.len()).any(|window| window == part)
    }

    #[test]
    fn the_authors_bytes_come_back_though_hash_and_salt_do_not_travel() {
        for (op, salt_travels) in [(begins(), false), (follows(), true)] {
            let carried = Carried::from(op.clone());
            let bytes = sent(&carried);
            let personal = op.personal.as_ref().expect("a personal part");
            assert!(!holds(&bytes, &personal.hash()));
            assert_eq!(holds(&bytes, &personal.salt), salt_travels);
            let back: Carried = minicbor::decode(&bytes).expect("the same operation");
            assert_eq!(back, carried);
            Encoded::from(back).open().expect("its hash fits");
        }
    }

    #[test]
    fn what_cannot_be_left_out_travels_as_it_is() {
        let forgotten = Carried { personal: None, salt: None, ..Carried::from(begins()) };
        let printed = Carried::from(op(&Content::Dossier(Op::Printed { form: "01".to_owned(), copy: 1 })));
        let mut newer = Carried::from(begins());
        newer.public.push(0);
        let garbage = Carried { public: vec![1, 2, 3], personal: Some(vec![4]), salt: Some([6; 16]) };
        let foreign_salt = Carried { salt: Some([7; 16]), ..Carried::from(begins()) };
        for carried in [forgotten, printed, newer, garbage, foreign_salt] {
            assert_eq!(minicbor::decode::<Carried>(&sent(&carried)).expect("the same bytes"), carried);
        }
    }

    #[test]
    fn a_message_that_leaves_out_what_nobody_can_work_out_is_refused() {
        let whole = Wire::of(&Carried::from(follows()));
        let without_salt = Wire { salt: None, ..whole };
        let bytes = minicbor::to_vec(&without_salt).expect("memory takes every byte");
        assert!(minicbor::decode::<Carried>(&bytes).is_err());
        let nothing = Wire { public: None, personal: None, salt: None, trunk: None };
        assert!(minicbor::decode::<Carried>(&minicbor::to_vec(&nothing).expect("bytes")).is_err());
    }
}
