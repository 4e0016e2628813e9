//! What a form says about a dossier: who and what from the dossier, the rest from the step that makes the paper.

use super::{Desk, timeline, words};
use crate::error::{Code, Error, Result};
use crate::print::facts::{Facts, day, moment};
use crate::print::receipt::Reprint;
use crate::store::settings::{self, Key};
use crate::texts::{Language, text};
use domain::catalogue::Channel;
use domain::dossier::{
    Capacity, Delivery, Dossier, FeeLine, Grounds, HandOver, Moved, Op, Recipient, ResultAt, ResultPaper, Stamp, Step,
};
use domain::person::{CitizenId, Phone};
use jiff::civil::DateTime;

/// The forms of a dossier besides 01, in the order they are offered.
pub(super) const OF_DOSSIER: [&str; 8] = ["02", "03", "04", "05", "06", "handover", "result", "fee"];

fn say(key: &str) -> String {
    text(Language::Vietnamese, key, &[])
}

impl Desk {
    /// What is known of the office.
    pub(super) fn office(&self) -> Result<Facts> {
        let mut facts = Facts::default();
        let (superior, commune, counter, phone) = self.store.read(|connection| {
            facts.place = settings::get(connection, Key::PlaceName)?;
            facts.practice = settings::get(connection, Key::Practice)? == "yes";
            let get = |key| settings::get(connection, key);
            Ok((get(Key::Superior)?, get(Key::Commune)?, get(Key::Counter)?, get(Key::Phone)?))
        })?;
        let commune = words::in_sentence(&commune);
        let of_commune = |key: &str| text(Language::Vietnamese, key, &[("commune", commune.clone())]);
        facts.set("superior", if superior.is_empty() { of_commune("committee") } else { superior });
        facts.set("centre", of_commune("centre_name"));
        facts.set("agency", of_commune("committee_in_full"));
        facts.set("counter", text(Language::Vietnamese, "counter_name", &[("counter", counter)]));
        facts.set("office_phone", phone);
        facts.at = self.now()?;
        facts.day = Some(facts.at.date());
        Ok(facts)
    }

    /// What a form says about a dossier; refused where nothing happened that the form would be about.
    pub(super) fn facts(&self, form: &str, dossier: &Dossier) -> Result<Facts> {
        let mut facts = self.office()?;
        let now = facts.at;
        self.who_and_what(&mut facts, dossier)?;
        let happened = match form {
            "02" => self.supplement(&mut facts, dossier)?,
            "03" => self.refusal(&mut facts, dossier)?,
            "04" => self.extension(&mut facts, dossier)?,
            "05" => self.stop(&mut facts, dossier)?,
            "06" => self.control(&mut facts, dossier)?,
            "handover" => self.hand_over(&mut facts, dossier)?,
            "result" => self.result(&mut facts, dossier)?,
            "fee" => self.fee_slip(&mut facts, dossier),
            _ => return Err(Error::new(Code::TemplateForm).with("form", form)),
        };
        if !happened {
            return Err(Error::new(Code::FormNotNow).with("form", form));
        }
        let printed = dossier.printed(form);
        facts.reprint = (printed > 0).then(|| Reprint { count: u16::try_from(printed).unwrap_or(u16::MAX), at: now });
        Ok(facts)
    }

    fn who_and_what(&self, facts: &mut Facts, dossier: &Dossier) -> Result<()> {
        let (received, applicant) = (dossier.received(), dossier.applicant());
        facts.code = Some(received.code.clone());
        let submitter = received.submitter.as_ref();
        let channel = match received.channel {
            Channel::Counter => "channel_counter_on_paper",
            Channel::Online => "channel_online_on_paper",
            Channel::Post => "channel_post_on_paper",
        };
        let limit = received.procedure.limit;
        for (place, value) in [
            ("code", received.code.as_str().to_owned()),
            ("code_label", self.standing(&received.code)?.label(!dossier.aliases().is_empty()).to_owned()),
            ("alias", dossier.aliases().last().map(|alias| alias.as_str().to_owned()).unwrap_or_default()),
            ("procedure", received.procedure.name.clone()),
            ("procedure_code", received.procedure.code.clone()),
            ("field", received.procedure.field.clone()),
            ("applicant", applicant.name.as_str().to_owned()),
            ("submitter", submitter.map_or(&applicant.name, |s| &s.person.name).as_str().to_owned()),
            ("authorisation", submitter.map(|s| s.authorisation.clone()).unwrap_or_default()),
            ("address", applicant.address.clone()),
            ("phone", applicant.phone.as_ref().map(Phone::as_str).unwrap_or_default().to_owned()),
            ("email", applicant.email.clone()),
            ("personal_number", applicant.number.as_ref().map(CitizenId::grouped).unwrap_or_default()),
            ("channel", say(channel)),
            ("sets", format!("{:02}", received.sets)),
            ("time_limit", limit.map(|l| super::deadline::limit_words(Language::Vietnamese, l)).unwrap_or_default()),
            ("received", moment(received.at)),
            ("received_day", day(received.at.date())),
            ("promised", received.due.map(moment).unwrap_or_default()),
            ("due", dossier.due().map(moment).unwrap_or_default()),
            ("total", dossier.paid().to_string()),
            ("helper", received.helper.clone()),
        ] {
            facts.set(place, value);
        }
        let result_at = match received.result_at {
            ResultAt::Counter => facts.get("centre").to_owned(),
            ResultAt::Post => say("result_by_post"),
        };
        facts.set("result_at", result_at);
        facts.set("by", self.officer.name.clone());
        let first = dossier.timeline().iter().find(|entry| matches!(entry.op, Op::Received(_)));
        if let Some(first) = first {
            facts.set("officer", self.store.read(|connection| timeline::by(connection, &first.stamp))?);
        }
        for paper in &received.papers {
            facts.add(
                "papers",
                [
                    ("name", paper.name.clone()),
                    ("originals", paper.originals.to_string()),
                    ("copies", paper.copies.to_string()),
                    ("note", paper.note.clone()),
                ],
            );
        }
        Ok(())
    }

    /// Who took a step, and when: that is the day of the paper.
    fn taken(&self, facts: &mut Facts, stamp: &Stamp, moved: &Moved) -> Result<()> {
        facts.at = when(stamp, moved);
        facts.day = Some(facts.at.date());
        facts.set("at", moment(facts.at));
        facts.set("by", self.store.read(|connection| timeline::by(connection, stamp))?);
        Ok(())
    }

    fn supplement(&self, facts: &mut Facts, dossier: &Dossier) -> Result<bool> {
        let asked = dossier.way().iter().rev().find_map(|(stamp, moved)| match &moved.step {
            Step::SupplementAsked { agency, items, grounds } => Some((stamp, moved, agency, items, grounds)),
            _ => None,
        });
        let Some((stamp, moved, agency, items, why)) = asked else { return Ok(false) };
        self.taken(facts, stamp, moved)?;
        facts.set("asking", agency.as_str());
        grounds(facts, why);
        for item in items {
            facts.add("items", [("text", item.clone())]);
        }
        Ok(true)
    }

    fn refusal(&self, facts: &mut Facts, dossier: &Dossier) -> Result<bool> {
        let refused = dossier.way().iter().rev().find_map(|(stamp, moved)| match &moved.step {
            Step::Refused(grounds) => Some((stamp, moved, grounds)),
            _ => None,
        });
        let Some((stamp, moved, why)) = refused else { return Ok(false) };
        self.taken(facts, stamp, moved)?;
        grounds(facts, why);
        Ok(true)
    }

    /// The apology: a draft until the head of the resolving agency has signed (officer.md §1.9). What was promised is the
    /// moment that held before it.
    fn extension(&self, facts: &mut Facts, dossier: &Dossier) -> Result<bool> {
        let (mut promised, mut shown) = (dossier.received().due, None);
        let mut due = promised;
        for (stamp, moved) in dossier.way() {
            match &moved.step {
                Step::ExtensionDrafted { reason, due: new } => {
                    self.taken(facts, stamp, moved)?;
                    // Whoever signs writes the day and the number.
                    facts.day = None;
                    for (place, words) in
                        [("reason", reason.as_str()), ("draft", &say("form_draft")), ("number", ""), ("signer", "")]
                    {
                        facts.set(place, words);
                    }
                    (promised, shown) = (due, Some(*new));
                }
                Step::Extended { due: new, number, signer } => {
                    self.taken(facts, stamp, moved)?;
                    for (place, words) in [("draft", ""), ("number", number.as_str()), ("signer", signer)] {
                        facts.set(place, words);
                    }
                    if !moved.note.is_empty() && facts.get("reason").is_empty() {
                        facts.set("reason", moved.note.as_str());
                    }
                    (promised, shown) = (due, Some(*new));
                }
                _ => {}
            }
            due = moved.step.due().or(due);
        }
        facts.set("promised", promised.map(moment).unwrap_or_default());
        facts.set("new_due", shown.map(moment).unwrap_or_default());
        facts.set("unit", last_unit(dossier).unwrap_or_default());
        Ok(shown.is_some())
    }

    fn stop(&self, facts: &mut Facts, dossier: &Dossier) -> Result<bool> {
        let Some((place, (stamp, moved))) = dossier.way().iter().enumerate().next_back() else { return Ok(false) };
        match &moved.step {
            Step::Stopped { grounds: why, number } => {
                grounds(facts, why);
                facts.set("number", number.as_str());
            }
            Step::Withdrawn { reason } => {
                facts.set("reason", reason.as_str());
                facts.set("withdrawn", say("state_7"));
            }
            _ => return Ok(false),
        }
        self.taken(facts, stamp, moved)?;
        let before =
            place.checked_sub(1).and_then(|place| dossier.way().get(place)).map_or(2, |(_, m)| m.state.number());
        facts.set("stage", say(&format!("state_{before}")));
        Ok(true)
    }

    /// Every hand-over, from the desk to the units and back to the citizen, with whether it kept the time.
    fn control(&self, facts: &mut Facts, dossier: &Dossier) -> Result<bool> {
        let received = dossier.received();
        (facts.at, facts.day) = (received.at, Some(received.at.date()));
        let centre = facts.get("centre").to_owned();
        let (mut holder, mut due) = (centre.clone(), received.due);
        for (stamp, moved) in dossier.way() {
            let at = when(stamp, moved);
            let officer = self.store.read(|connection| timeline::by(connection, stamp))?;
            let row = match &moved.step {
                Step::Forwarded(HandOver { unit, giver, receiver }) => {
                    Some((unit.clone(), giver.clone(), receiver.clone()))
                }
                Step::Finished { .. } if holder != centre => Some((centre.clone(), officer, String::new())),
                Step::HandedBack(recipient) => {
                    Some((recipient.name.as_str().to_owned(), officer, recipient.name.as_str().to_owned()))
                }
                _ => None,
            };
            if let Some((to, giver, receiver)) = row {
                facts.add(
                    "hand_overs",
                    [
                        ("from", std::mem::replace(&mut holder, to.clone())),
                        ("to", to),
                        ("at", moment(at)),
                        ("giver", giver),
                        ("receiver", receiver),
                        ("kept", due.map(|due| say(kept(at, due))).unwrap_or_default()),
                        ("note", moved.note.clone()),
                    ],
                );
            }
            if let Step::Extended { due, .. } = &moved.step {
                facts.set("new_due", moment(*due));
            }
            due = moved.step.due().or(due);
        }
        facts.set("unit", last_unit(dossier).unwrap_or_default());
        Ok(true)
    }

    fn hand_over(&self, facts: &mut Facts, dossier: &Dossier) -> Result<bool> {
        let mut from = facts.get("centre").to_owned();
        let (mut due, mut found) = (dossier.received().due, false);
        for (stamp, moved) in dossier.way() {
            if let Step::Forwarded(HandOver { unit, giver, receiver }) = &moved.step {
                self.taken(facts, stamp, moved)?;
                facts.set("from_unit", std::mem::replace(&mut from, unit.clone()));
                facts.set("unit", unit.as_str());
                facts.set("giver", giver.as_str());
                facts.set("receiver", receiver.as_str());
                facts.set("due", due.map(moment).unwrap_or_default());
                found = true;
            }
            due = moved.step.due().or(due);
        }
        Ok(found)
    }

    /// The slip for a result: printed before it is handed over, to be signed, and again afterwards.
    fn result(&self, facts: &mut Facts, dossier: &Dossier) -> Result<bool> {
        for paper in results(dossier) {
            let number = paper.number.clone();
            let dated = paper.dated.map(day).unwrap_or_default();
            facts.add("results", [("name", paper.name.clone()), ("number", number), ("dated", dated)]);
        }
        let given = dossier.way().iter().rev().find_map(|(stamp, moved)| match &moved.step {
            Step::HandedBack(recipient) => Some((stamp, moved, recipient)),
            _ => None,
        });
        if let Some((stamp, moved, recipient)) = given {
            self.taken(facts, stamp, moved)?;
            recipient_of(facts, recipient);
        }
        Ok(given.is_some() || !facts.rows("results").is_empty())
    }

    fn fee_slip(&self, facts: &mut Facts, dossier: &Dossier) -> bool {
        let lines: Vec<&FeeLine> = dossier.fees().iter().filter(|line| !line.cancelled).collect();
        for line in &lines {
            let fee = &line.fee;
            let what = [&fee.line, &fee.note].into_iter().find(|words| !words.is_empty()).cloned();
            let what = what.unwrap_or_else(|| say("fee_line_plain"));
            facts.add("fees", [("amount", fee.amount.to_string()), ("receipt", fee.receipt.clone()), ("note", what)]);
        }
        !lines.is_empty()
    }
}

fn recipient_of(facts: &mut Facts, recipient: &Recipient) {
    let capacity = match recipient.capacity {
        Capacity::Applicant => "capacity_applicant",
        Capacity::Submitter => "capacity_submitter",
        Capacity::Authorised => "capacity_authorised",
    };
    facts.set("recipient", recipient.name.as_str());
    facts.set("capacity", say(capacity));
    facts.set("recipient_number", recipient.number.as_ref().map(CitizenId::grouped).unwrap_or_default());
    facts.set("recipient_authorisation", recipient.authorisation.as_str());
    facts.set("delivery", say(delivery(recipient.delivery)));
    facts
        .set("receipt_back", say(if recipient.receipt_back { "receipt_taken_back" } else { "receipt_not_taken_back" }));
}

pub(super) fn delivery(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Counter => "delivery_counter",
        Delivery::Post => "delivery_post",
        Delivery::Electronic => "delivery_electronic",
    }
}

fn grounds(facts: &mut Facts, grounds: &Grounds) {
    facts.set("reason", grounds.reason.as_str());
    facts.set("basis", grounds.basis.as_str());
}

/// What came of a dossier, as it was last finished.
pub(super) fn results(dossier: &Dossier) -> &[ResultPaper] {
    let finished = dossier.way().iter().rev().find_map(|(_, moved)| match &moved.step {
        Step::Finished { results } => Some(results.as_slice()),
        _ => None,
    });
    finished.unwrap_or_default()
}

fn last_unit(dossier: &Dossier) -> Option<&str> {
    dossier.way().iter().rev().find_map(|(_, moved)| match &moved.step {
        Step::Forwarded(hand_over) => Some(hand_over.unit.as_str()),
        _ => None,
    })
}

/// When a step was taken.
pub(super) fn when(stamp: &Stamp, moved: &Moved) -> DateTime {
    moved.at.unwrap_or_else(|| stamp.hlc.civil())
}

/// Before its due day, on it, or late: the words of form 06.
fn kept(at: DateTime, due: DateTime) -> &'static str {
    if at > due {
        "kept_late"
    } else if at.date() == due.date() {
        "kept_on_time"
    } else {
        "kept_early"
    }
}
