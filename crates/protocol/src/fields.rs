//! The kinds of operations and their numbered fields: domain values to bytes and back.
//!
//! Numbers are given once. A field is added with a new number, never removed, never given another meaning; what an older
//! release does not know it skips, and passes on because the bytes are kept.

mod clock;
mod fees;
mod life;
mod not_received;
mod person;
mod received;
mod step;

pub use clock::ClockNote;

use crate::op::{Encoded, MAX_PART, Malformed, Personal, Public, Ref, Seed, decode, encode, salt};
use domain::code::DossierCode;
use domain::dossier::{Hlc, Op, OpId};
use domain::not_received::NotReceived;
use domain::person::Phone;
use domain::till::{PaidIn, ShiftClose};
use minicbor::{Decode, Encode};

/// Kinds of operations.
pub mod kind {
    /// A dossier is taken in.
    pub const RECEIVED: u16 = 1;
    /// A remark.
    pub const NOTED: u16 = 2;
    /// The applicant's telephone number changed.
    pub const PHONE_CHANGED: u16 = 3;
    /// The official code is known.
    pub const ALIAS_GIVEN: u16 = 4;
    /// A form was printed.
    pub const PRINTED: u16 = 5;
    /// A scanned paper was attached.
    pub const ATTACHED: u16 = 6;
    /// The state moved.
    pub const MOVED: u16 = 7;
    /// The applicant's address changed.
    pub const ADDRESS_CHANGED: u16 = 8;
    /// The applicant's name was corrected.
    pub const NAME_CORRECTED: u16 = 9;
    /// The applicant's personal number was corrected.
    pub const NUMBER_CORRECTED: u16 = 10;
    /// A fee was taken.
    pub const FEE_TAKEN: u16 = 11;
    /// A fee line was cancelled.
    pub const FEE_CANCELLED: u16 = 12;
    /// The result was recorded.
    pub const RESULT_RECORDED: u16 = 13;
    /// A person chose between what two desks wrote while apart.
    pub const SETTLED: u16 = 14;
    /// The dossier goes on under another number than its receipt says.
    pub const RENUMBERED: u16 = 15;
    /// An officer joined the agency's desks.
    pub const OFFICER_ADDED: u16 = 16;
    /// The dossier's personal parts were erased after its retention.
    pub const FORGOTTEN: u16 = 17;
    /// The hub heard operations whose clock was too far ahead to be believed.
    pub const CLOCK_NOTED: u16 = 18;
    /// A visit ended without a dossier.
    pub const NOT_RECEIVED: u16 = 25;
    /// A paper of an earlier dossier is used again.
    pub const PAPER_REUSED: u16 = 26;
    /// A transfer was seen to have arrived.
    pub const FEE_CONFIRMED: u16 = 20;
    /// A desk's till was closed.
    pub const SHIFT_CLOSED: u16 = 21;
    /// Money of a close was paid in.
    pub const PAID_IN: u16 = 22;
}

/// Everything about an operation but its kind's own fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// When, in hybrid logical time.
    pub hlc: Hlc,
    /// By whom; `None` for the system itself.
    pub actor: Option<OpId>,
    /// The dossier concerned, unless this operation receives it.
    pub dossier: Option<OpId>,
    /// What the author had newly seen of other replicas.
    pub deps: Vec<OpId>,
    /// Where it was written first, if it is one that moved here from a log the hub knows otherwise.
    pub was: Option<OpId>,
}

/// What an operation does: to a dossier, or to the office itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Part of a dossier's life.
    Dossier(Op),
    /// An officer joined.
    OfficerAdded {
        /// Their name.
        name: String,
        /// What they may do.
        role: Role,
    },
    /// The hub heard operations whose clock was too far ahead. It has meaning in the hub's own log alone.
    ClockNoted(ClockNote),
    /// A visit ended without a dossier.
    NotReceived(Box<NotReceived>),
    /// A desk closed its till.
    ShiftClosed(Box<ShiftClose>),
    /// Money of a close was paid in.
    PaidIn(PaidIn),
}

impl Content {
    /// The same content with the operations it names written another way: as its author writes them, or as others know them.
    pub fn named(self, name: impl Fn(OpId) -> OpId) -> Self {
        match self {
            Self::Dossier(op) => Self::Dossier(op.named(name)),
            Self::ShiftClosed(mut close) => {
                close.waiting.iter_mut().for_each(|line| *line = name(*line));
                Self::ShiftClosed(close)
            }
            Self::PaidIn(paid) => Self::PaidIn(PaidIn { close: name(paid.close), ..paid }),
            other @ (Self::OfficerAdded { .. } | Self::ClockNoted(_) | Self::NotReceived(_)) => other,
        }
    }
}

/// What an officer may do (design: trust).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Cán bộ một cửa.
    OneStop,
    /// Chuyên môn.
    Specialist,
    /// Lãnh đạo.
    Leader,
    /// Tình nguyện viên.
    Volunteer,
    /// Quản trị.
    Administrator,
}

impl Role {
    /// Number on the wire.
    pub fn number(self) -> u8 {
        match self {
            Self::OneStop => 1,
            Self::Specialist => 2,
            Self::Leader => 3,
            Self::Volunteer => 4,
            Self::Administrator => 5,
        }
    }

    /// The role with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::OneStop, Self::Specialist, Self::Leader, Self::Volunteer, Self::Administrator]
            .into_iter()
            .find(|role| role.number() == number)
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Text {
    #[n(0)]
    text: Option<String>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Printed {
    #[n(0)]
    form: String,
    #[n(1)]
    copy: u32,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Officer {
    #[n(0)]
    role: u8,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct OfficerPersonal {
    #[n(0)]
    name: String,
    #[cbor(n(15), with = "minicbor::bytes")]
    seed: Seed,
}

/// The seed a personal part carries, in the operations that begin a subject.
#[derive(Decode)]
#[cbor(map)]
struct Seeded {
    #[cbor(n(15), with = "minicbor::bytes")]
    seed: Option<Seed>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Empty {}

/// Kind, public fields and personal part of an operation.
type Parts = (u16, Vec<u8>, Option<Vec<u8>>);

/// Writes an operation. `seed` is its subject's secret: a new one for an operation that begins a dossier, or stands alone,
/// the dossier's for those that follow.
pub fn write(header: &Header, content: &Content, seed: &Seed) -> Result<Encoded, Malformed> {
    let (kind, fields, personal) = match content {
        Content::Dossier(Op::Received(received)) => {
            let (fields, personal) = received::write(received, seed);
            (kind::RECEIVED, fields, Some(personal))
        }
        Content::Dossier(Op::Noted { text }) => {
            (kind::NOTED, encode(&Empty {}), Some(encode(&Text { text: Some(text.clone()) })))
        }
        Content::Dossier(Op::PhoneChanged { phone }) => {
            let text = phone.as_ref().map(|phone| phone.as_str().to_owned());
            (kind::PHONE_CHANGED, encode(&Empty {}), Some(encode(&Text { text })))
        }
        Content::Dossier(Op::AliasGiven { code }) => {
            (kind::ALIAS_GIVEN, encode(&Text { text: Some(code.as_str().to_owned()) }), None)
        }
        Content::Dossier(Op::Renumbered { printed }) => {
            (kind::RENUMBERED, encode(&Text { text: Some(printed.as_str().to_owned()) }), None)
        }
        Content::Dossier(Op::Forgotten { because }) => {
            (kind::FORGOTTEN, encode(&Text { text: Some(because.clone()) }), None)
        }
        Content::Dossier(Op::Printed { form, copy }) => {
            (kind::PRINTED, encode(&Printed { form: form.clone(), copy: *copy }), None)
        }
        Content::Dossier(
            op @ (Op::Attached { .. }
            | Op::Moved(_)
            | Op::AddressChanged { .. }
            | Op::NameCorrected { .. }
            | Op::NumberCorrected { .. }
            | Op::ResultRecorded { .. }
            | Op::Settled { .. }
            | Op::PaperReused(_)),
        ) => life::write(op)?,
        Content::Dossier(Op::FeeTaken(fee)) => fees::write(fee),
        Content::Dossier(Op::FeeCancelled { line, reason, copies_kept }) => {
            fees::write_cancelled(*line, reason, *copies_kept)
        }
        Content::Dossier(Op::FeeConfirmed { line, reference }) => fees::write_confirmed(*line, reference),
        Content::ShiftClosed(close) => fees::write_close(close, seed),
        Content::PaidIn(paid) => fees::write_paid_in(paid, seed),
        Content::OfficerAdded { name, role } => (
            kind::OFFICER_ADDED,
            encode(&Officer { role: role.number() }),
            Some(encode(&OfficerPersonal { name: name.clone(), seed: *seed })),
        ),
        Content::ClockNoted(note) => (kind::CLOCK_NOTED, encode(note), None),
        Content::NotReceived(visit) => {
            let (fields, personal) = not_received::write(visit, seed);
            (kind::NOT_RECEIVED, fields, Some(personal))
        }
        // What is not understood is passed on as the bytes it came in, never written anew.
        Content::Dossier(Op::Unknown { .. }) => return Err(Malformed::Field("kind")),
    };
    if fields.len() > MAX_PART / 2 || personal.as_ref().is_some_and(|bytes| bytes.len() > MAX_PART) {
        return Err(Malformed::TooLong);
    }
    let personal = personal.map(|bytes| Personal { bytes, salt: salt(seed, header.hlc) });
    let public = Public {
        kind,
        schema: 1,
        hlc: header.hlc.0,
        actor: header.actor.map(Ref::from),
        dossier: header.dossier.map(Ref::from),
        deps: (!header.deps.is_empty()).then(|| header.deps.iter().copied().map(Ref::from).collect()),
        fields,
        personal: personal.as_ref().map(Personal::hash),
        was: header.was.map(Ref::from),
    };
    Ok(Encoded { public: public.encode(), personal })
}

/// Reads what an operation does. A personal part that was forgotten leaves empty places, never an error.
pub fn read(public: &Public, personal: Option<&[u8]>) -> Result<Content, Malformed> {
    let text = |bytes: &[u8]| decode::<Text>(bytes).map(|text| text.text);
    Ok(match public.kind {
        kind::RECEIVED => Content::Dossier(Op::Received(Box::new(received::read(&public.fields, personal)?))),
        kind::NOTED => {
            Content::Dossier(Op::Noted { text: personal.map(text).transpose()?.flatten().unwrap_or_default() })
        }
        kind::PHONE_CHANGED => {
            let phone = personal.map(text).transpose()?.flatten();
            let phone = phone.map(|phone| Phone::parse(&phone)).transpose().map_err(|_| Malformed::Field("phone"))?;
            Content::Dossier(Op::PhoneChanged { phone })
        }
        kind::ALIAS_GIVEN => {
            let code = text(&public.fields)?.unwrap_or_default();
            let code = DossierCode::parse(&code).map_err(|_| Malformed::Field("alias"))?;
            Content::Dossier(Op::AliasGiven { code })
        }
        kind::RENUMBERED => {
            let printed = text(&public.fields)?.unwrap_or_default();
            let printed = DossierCode::parse(&printed).map_err(|_| Malformed::Field("printed"))?;
            Content::Dossier(Op::Renumbered { printed })
        }
        kind::PRINTED => {
            let Printed { form, copy } = decode(&public.fields)?;
            Content::Dossier(Op::Printed { form, copy })
        }
        kind::OFFICER_ADDED => Content::OfficerAdded {
            name: personal.map(decode::<OfficerPersonal>).transpose()?.map(|p| p.name).unwrap_or_default(),
            role: Role::from_number(decode::<Officer>(&public.fields)?.role).ok_or(Malformed::Field("role"))?,
        },
        kind::FORGOTTEN => Content::Dossier(Op::Forgotten { because: text(&public.fields)?.unwrap_or_default() }),
        kind::CLOCK_NOTED => Content::ClockNoted(decode(&public.fields)?),
        kind::NOT_RECEIVED => match not_received::read(&public.fields, personal)? {
            Some(visit) => Content::NotReceived(Box::new(visit)),
            None => Content::Dossier(Op::Unknown { kind: public.kind }),
        },
        kind @ (kind::FEE_TAKEN | kind::FEE_CANCELLED | kind::FEE_CONFIRMED) => {
            Content::Dossier(fees::read(kind, &public.fields, personal)?)
        }
        kind::SHIFT_CLOSED => Content::ShiftClosed(Box::new(fees::read_close(&public.fields, personal)?)),
        kind::PAID_IN => Content::PaidIn(fees::read_paid_in(&public.fields, personal)?),
        kind @ (kind::ATTACHED..=kind::SETTLED | kind::PAPER_REUSED) => {
            Content::Dossier(life::read(kind, &public.fields, personal)?)
        }
        kind => Content::Dossier(Op::Unknown { kind }),
    })
}

/// The seed an operation's personal part carries, if it begins a subject.
pub fn seed(personal: &[u8]) -> Option<Seed> {
    decode::<Seeded>(personal).ok()?.seed
}
