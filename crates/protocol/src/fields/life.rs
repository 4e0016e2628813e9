//! What happens to a dossier after its reception, besides the steps of its life: papers attached, corrections, the result, a person's choice.

use super::received::forgotten_name;
use super::{Parts, kind, step};
use crate::op::{Malformed, Ref, decode, encode};
use domain::code::DossierCode;
use domain::dossier::{Op, OpId, Part, Reused, ScanHash};
use domain::person::{CitizenId, PersonName};
use minicbor::{Decode, Encode};

#[derive(Encode, Decode)]
#[cbor(map)]
struct Attached {
    #[n(0)]
    paper: String,
    #[cbor(n(1), with = "minicbor::bytes")]
    hash: [u8; 32],
    #[n(2)]
    bytes: u64,
    #[n(3)]
    pages: Option<u16>,
    #[n(4)]
    media: Option<String>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Settled {
    /// 1 phone, 2 address, 3 name, 4 number, 5 result, 6 status, 7 code.
    #[n(0)]
    part: u8,
    #[n(1)]
    kept: Ref,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct PaperReused {
    #[n(0)]
    paper: String,
    /// The earlier dossier.
    #[n(1)]
    from: Ref,
    /// Its number.
    #[n(2)]
    code: String,
    #[cbor(n(3), with = "minicbor::bytes")]
    hash: [u8; 32],
    #[n(4)]
    bytes: u64,
    #[n(5)]
    media: Option<String>,
}

/// The personal part of all of these: the value or the remark; absent where there is none.
#[derive(Encode, Decode)]
#[cbor(map)]
pub(super) struct Words {
    #[n(0)]
    pub words: Option<String>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Nothing {}

/// Writes an operation of one of these kinds.
pub fn write(op: &Op) -> Result<Parts, Malformed> {
    let value = |words: &str| Some(encode(&Words { words: given(words) }));
    let nothing = || encode(&Nothing {});
    Ok(match op {
        Op::Attached { paper, hash, bytes, pages, media } => {
            let fields =
                Attached { paper: paper.clone(), hash: hash.0, bytes: *bytes, pages: *pages, media: given(media) };
            (kind::ATTACHED, encode(&fields), None)
        }
        Op::Moved(moved) => step::write(moved),
        Op::AddressChanged { address } => (kind::ADDRESS_CHANGED, nothing(), value(address)),
        Op::NameCorrected { name } => (kind::NAME_CORRECTED, nothing(), value(name.as_str())),
        Op::NumberCorrected { number } => {
            (kind::NUMBER_CORRECTED, nothing(), value(number.as_ref().map(CitizenId::as_str).unwrap_or_default()))
        }
        Op::ResultRecorded { text } => (kind::RESULT_RECORDED, nothing(), value(text)),
        Op::Settled { part, kept } => {
            (kind::SETTLED, encode(&Settled { part: part_number(*part), kept: Ref::from(*kept) }), None)
        }
        Op::PaperReused(reused) => {
            let fields = PaperReused {
                paper: reused.paper.clone(),
                from: Ref::from(reused.from),
                code: reused.code.as_str().to_owned(),
                hash: reused.hash.0,
                bytes: reused.bytes,
                media: given(&reused.media),
            };
            (kind::PAPER_REUSED, encode(&fields), None)
        }
        Op::Received(_)
        | Op::Noted { .. }
        | Op::PhoneChanged { .. }
        | Op::AliasGiven { .. }
        | Op::Printed { .. }
        | Op::FeeTaken(_)
        | Op::FeeCancelled { .. }
        | Op::FeeConfirmed { .. }
        | Op::Renumbered { .. }
        | Op::Forgotten { .. }
        | Op::Unknown { .. } => return Err(Malformed::Field("kind")),
    })
}

/// Reads an operation of one of these kinds. A state or a part that a newer release counts is nothing known here.
pub fn read(kind: u16, fields: &[u8], personal: Option<&[u8]>) -> Result<Op, Malformed> {
    if kind == kind::MOVED {
        return step::read(fields, personal);
    }
    let words = personal.map(decode::<Words>).transpose()?.and_then(|personal| personal.words);
    let given = words.clone().unwrap_or_default();
    Ok(match kind {
        kind::ATTACHED => {
            let Attached { paper, hash, bytes, pages, media } = decode(fields)?;
            Op::Attached { paper, hash: ScanHash(hash), bytes, pages, media: media.unwrap_or_default() }
        }
        kind::ADDRESS_CHANGED => Op::AddressChanged { address: given },
        kind::NAME_CORRECTED => Op::NameCorrected {
            name: match words {
                Some(name) => PersonName::parse(&name).map_err(|_| Malformed::Field("name"))?,
                None => forgotten_name()?,
            },
        },
        kind::NUMBER_CORRECTED => {
            let number = words.map(|number| CitizenId::parse(&number)).transpose();
            Op::NumberCorrected { number: number.map_err(|_| Malformed::Field("number"))? }
        }
        kind::RESULT_RECORDED => Op::ResultRecorded { text: given },
        kind::SETTLED => {
            let Settled { part, kept } = decode(fields)?;
            match Part::ALL.into_iter().find(|known| part_number(*known) == part) {
                Some(part) => Op::Settled { part, kept: id(kept) },
                None => Op::Unknown { kind },
            }
        }
        kind::PAPER_REUSED => {
            let PaperReused { paper, from, code, hash, bytes, media } = decode(fields)?;
            Op::PaperReused(Box::new(Reused {
                paper,
                from: id(from),
                code: DossierCode::parse(&code).map_err(|_| Malformed::Field("code"))?,
                hash: ScanHash(hash),
                bytes,
                media: media.unwrap_or_default(),
            }))
        }
        kind => Op::Unknown { kind },
    })
}

fn part_number(part: Part) -> u8 {
    match part {
        Part::Phone => 1,
        Part::Address => 2,
        Part::Name => 3,
        Part::Number => 4,
        Part::Result => 5,
        Part::Status => 6,
        Part::Code => 7,
    }
}

/// As it is written: replica 0 stays the author.
pub(super) fn id(reference: Ref) -> OpId {
    OpId { replica: reference.replica, seq: reference.seq }
}

pub(super) fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
