//! The timeline of a dossier (diễn biến), in words.

use super::dossiers::{SyncStep, ladder, paper_words, state_text};
use super::{Desk, office_moment, words as words_of};
use crate::error::Result;
use crate::store::{officers, ops};
use crate::texts::{Language, text};
use domain::dossier::{Dossier, Entry, FeeTaken, Grounds, HandOver, Hlc, Means, Moved, Op, Part, Stamp, Step};
use domain::person::{CitizenId, Phone};
use jiff::SignedDuration;
use jiff::civil::DateTime;
use rusqlite::Connection;
use serde::Serialize;
use ts_rs::TS;

/// One line of the timeline.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TimelineRow {
    /// RFC 3339.
    pub at: String,
    /// Officer's name.
    pub by: String,
    /// What the computer's clock said, in words, where it was too far ahead to be believed; `at` is then when the province heard.
    pub clock: Option<String>,
    /// What happened, in words.
    pub text: String,
    /// How far that operation has got.
    pub sync: SyncStep,
    /// Why the province keeps it aside without effect, where it does.
    pub set_aside: Option<String>,
    /// Whether it is a move that is not in force: another desk's came first.
    pub not_in_force: bool,
}

impl Desk {
    pub(super) fn timeline_row(
        &self,
        connection: &Connection,
        dossier: &Dossier,
        entry: &Entry,
    ) -> Result<TimelineRow> {
        let (sync, reason) = ops::progress(connection, entry.stamp.id)?;
        let set_aside = (!reason.is_empty()).then(|| text(self.language(), &format!("set_aside_{reason}"), &[]));
        Ok(TimelineRow {
            at: at(&entry.stamp),
            by: by(connection, &entry.stamp)?,
            clock: clock(self.language(), &entry.stamp),
            text: words(self.language(), entry),
            sync: ladder(sync),
            set_aside,
            not_in_force: dossier.is_idle(entry.stamp.id),
        })
    }
}

/// When an operation was written, RFC 3339, as far as its computer's clock can be believed.
pub(super) fn at(stamp: &Stamp) -> String {
    office_moment(i64::try_from(stamp.time().millis()).unwrap_or(0))
}

/// What a clock that cannot be believed said.
fn clock(language: Language, stamp: &Stamp) -> Option<String> {
    let is_believed = stamp.time() == stamp.hlc;
    let claimed = stamp.hlc.civil();
    let (time, day) = (claimed.strftime("%H:%M").to_string(), claimed.strftime("%d/%m/%Y").to_string());
    (!is_believed).then(|| text(language, "timeline_clock_ahead", &[("time", time), ("day", day)]))
}

/// The name of the officer who wrote an operation; empty for the system itself.
pub(super) fn by(connection: &Connection, stamp: &Stamp) -> Result<String> {
    let Some(actor) = stamp.actor else { return Ok(String::new()) };
    Ok(officers::by_op(connection, actor.replica, actor.seq)?.map(|officer| officer.name).unwrap_or_default())
}

/// What an operation did, in words. A personal number stays masked.
fn words(language: Language, entry: &Entry) -> String {
    let said = |key: &str, params: &[(&'static str, String)]| text(language, key, params);
    let remark = |words: String, note: &str| if note.is_empty() { words } else { format!("{words} – {note}") };
    match &entry.op {
        Op::Received(received) => {
            let asked = received.answered.iter().map(|q| format!(" {}", said(&format!("answered_{}", q.code()), &[])));
            said("timeline_received", &[]) + &asked.collect::<String>()
        }
        Op::Noted { text } => text.clone(),
        Op::PhoneChanged { phone } => match phone.as_ref().map(Phone::as_str) {
            Some(phone) => said("timeline_phone", &[("phone", phone.to_owned())]),
            None => said("timeline_phone_removed", &[]),
        },
        Op::AliasGiven { code } => said("timeline_alias", &[("code", code.as_str().to_owned())]),
        Op::Renumbered { printed } => said("timeline_renumbered", &[("code", printed.as_str().to_owned())]),
        Op::Printed { form, copy: 1 } => said("timeline_printed", &[("form", form.clone())]),
        Op::Printed { form, copy } => said("timeline_reprinted", &[("form", form.clone()), ("copy", copy.to_string())]),
        Op::Attached { paper, .. } => said("timeline_attached", &[("paper", paper.clone())]),
        Op::PaperReused(reused) => {
            said("timeline_reused", &[("paper", reused.paper.clone()), ("code", reused.code.as_str().to_owned())])
        }
        Op::Moved(moved) => remark(step_words(language, moved, entry.stamp.time()), &moved.note),
        Op::AddressChanged { address } if address.is_empty() => said("timeline_address_removed", &[]),
        Op::AddressChanged { address } => said("timeline_address", &[("address", address.clone())]),
        Op::NameCorrected { name } => said("timeline_name", &[("name", name.as_str().to_owned())]),
        Op::NumberCorrected { number } => match number.as_ref().map(CitizenId::masked) {
            Some(number) => said("timeline_number", &[("number", number)]),
            None => said("timeline_number_removed", &[]),
        },
        Op::FeeTaken(fee) => fee_taken(language, fee),
        Op::FeeCancelled { reason, copies_kept: None, .. } => remark(said("timeline_fee_cancelled", &[]), reason),
        Op::FeeCancelled { reason, copies_kept: Some(copies), .. } => {
            remark(said("timeline_fee_void", &[("copies", copies.to_string())]), reason)
        }
        Op::FeeConfirmed { reference, .. } if reference.is_empty() => said("timeline_fee_confirmed", &[]),
        Op::FeeConfirmed { reference, .. } => {
            said("timeline_fee_confirmed_reference", &[("reference", reference.clone())])
        }
        Op::ResultRecorded { text } => said("timeline_result", &[("result", text.clone())]),
        Op::Settled { part, .. } => said("timeline_settled", &[("part", part_text(language, *part))]),
        Op::Forgotten { because } => said("timeline_forgotten", &[("reason", because.clone())]),
        Op::Unknown { .. } => said("timeline_unknown", &[]),
    }
}

/// A fee that was taken, in words.
fn fee_taken(language: Language, fee: &FeeTaken) -> String {
    let amount = ("amount", fee.amount.to_string());
    let said = match fee.means {
        Means::Transfer => text(language, "timeline_fee_transfer", &[amount]),
        Means::Cash { .. } if fee.receipt.is_empty() => text(language, "timeline_fee", &[amount]),
        Means::Cash { .. } => text(language, "timeline_fee_receipt", &[amount, ("receipt", fee.receipt.clone())]),
    };
    let exempt = fee
        .exemption
        .as_ref()
        .map(|why| text(language, "fee_exempt", &[("name", why.name.clone()), ("proof", why.proof.clone())]));
    let more = [Some(fee.line.clone()), exempt, Some(fee.note.clone())];
    let more = more.into_iter().flatten().filter(|words| !words.is_empty());
    more.fold(said, |said, words| format!("{said} – {words}"))
}

/// What a step was, in words, with when it happened where that is not when it was written.
fn step_words(language: Language, moved: &Moved, written: Hlc) -> String {
    let moment = |at: DateTime| words_of::moment(language, at);
    let text_of = |text: &str| text.to_owned();
    let grounds = |grounds: &Grounds| {
        let basis = if grounds.basis.is_empty() { String::new() } else { format!(" ({})", grounds.basis) };
        vec![("reason", grounds.reason.clone() + &basis)]
    };
    let params = match &moved.step {
        Step::Accepted { .. } => vec![],
        Step::Refused(why) => grounds(why),
        Step::Forwarded(HandOver { unit, giver, receiver }) => {
            vec![("unit", text_of(unit)), ("giver", text_of(giver)), ("receiver", text_of(receiver))]
        }
        Step::SupplementAsked { agency, items, grounds: why } => {
            [vec![("agency", text_of(agency)), ("items", items.join("; "))], grounds(why)].concat()
        }
        Step::Supplemented { papers, .. } => {
            let names: Vec<&str> = papers.iter().map(|paper| paper.name.as_str()).collect();
            vec![("papers", names.join("; "))]
        }
        Step::PaymentAsked { what, amount } => {
            vec![("what", amount.map_or_else(|| text_of(what), |amount| format!("{what}, {amount}")))]
        }
        Step::PaymentDone { proof, .. } => vec![("proof", text_of(proof))],
        Step::ExtensionDrafted { reason, due } => vec![("reason", text_of(reason)), ("due", moment(*due))],
        Step::Extended { number, signer, .. } => vec![("number", text_of(number)), ("signer", text_of(signer))],
        Step::Stopped { grounds: why, number } => [vec![("number", text_of(number))], grounds(why)].concat(),
        Step::Withdrawn { reason } | Step::Reopened { reason } => vec![("reason", text_of(reason))],
        Step::Finished { results } => {
            vec![("results", results.iter().map(paper_words).collect::<Vec<_>>().join("; "))]
        }
        Step::HandedBack(recipient) => vec![("name", recipient.name.as_str().to_owned())],
        Step::Other(state) => vec![("state", state_text(language, state.number()))],
    };
    let answered =
        moved.answered.iter().map(|q| format!(". {}", text(language, &format!("answered_{}", q.code()), &[])));
    let said = text(language, &format!("timeline_step_{}", moved.step.code()), &params);
    let due = moved.step.due().map(|due| text(language, "timeline_due", &[("due", moment(due))]));
    // To the minute people see no difference; more is a record made later, or a clock that was wrong.
    let later = |at: &DateTime| at.duration_until(written.civil()).abs() > SignedDuration::from_mins(1);
    let at = moved.at.filter(later).map(|at| text(language, "timeline_happened", &[("at", moment(at))]));
    let more: String = [due, at].into_iter().flatten().map(|words| format!(". {words}")).collect();
    said + &more + &answered.collect::<String>()
}

/// A part's code, in JSON and in the keys of the texts.
pub(super) fn part_code(part: Part) -> &'static str {
    match part {
        Part::Phone => "phone",
        Part::Address => "address",
        Part::Name => "name",
        Part::Number => "number",
        Part::Result => "result",
        Part::Status => "status",
        Part::Code => "code",
    }
}

/// A part in words.
pub(super) fn part_text(language: Language, part: Part) -> String {
    text(language, &format!("part_{}", part_code(part)), &[])
}
