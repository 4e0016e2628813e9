//! The present state of a dossier: the fold of its operations, the same at every desk that holds the same operations.

use super::{Op, OpId, Received, Stamp};
use crate::code::DossierCode;
use crate::person::Phone;

/// One line of a dossier's timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Who and when.
    pub stamp: Stamp,
    /// What happened.
    pub op: Op,
}

/// A dossier as its operations make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dossier {
    id: OpId,
    received: Box<Received>,
    phone: Option<Phone>,
    aliases: Vec<DossierCode>,
    timeline: Vec<Entry>,
}

impl Dossier {
    /// Folds a dossier's operations. The order they are given in does not matter: time, then writer, then number decides.
    ///
    /// `None` while the operation that received it has not arrived.
    pub fn fold(entries: impl IntoIterator<Item = Entry>) -> Option<Dossier> {
        let mut timeline: Vec<Entry> = entries.into_iter().collect();
        timeline.sort_by_key(|entry| (entry.stamp.hlc, entry.stamp.id));
        timeline.dedup_by_key(|entry| entry.stamp.id);
        let (id, received) = timeline.iter().find_map(|entry| match &entry.op {
            Op::Received(received) => Some((entry.stamp.id, received.clone())),
            _ => None,
        })?;
        let mut dossier =
            Dossier { id, phone: received.applicant.phone.clone(), received, aliases: vec![], timeline: vec![] };
        for entry in timeline {
            match &entry.op {
                Op::PhoneChanged { phone } => dossier.phone.clone_from(phone),
                Op::AliasGiven { code } if !dossier.aliases.contains(code) => dossier.aliases.push(code.clone()),
                Op::AliasGiven { .. }
                | Op::Received(_)
                | Op::Noted { .. }
                | Op::Printed { .. }
                | Op::Attached { .. }
                | Op::Moved { .. }
                | Op::AddressChanged { .. }
                | Op::NameCorrected { .. }
                | Op::NumberCorrected { .. }
                | Op::FeeTaken { .. }
                | Op::FeeCancelled { .. }
                | Op::ResultRecorded { .. }
                | Op::Settled { .. }
                | Op::Unknown { .. } => {}
            }
            dossier.timeline.push(entry);
        }
        Some(dossier)
    }

    /// The operation that received it; by it every other operation names the dossier.
    pub fn id(&self) -> OpId {
        self.id
    }

    /// What was taken in.
    pub fn received(&self) -> &Received {
        &self.received
    }

    /// The applicant's telephone number now.
    pub fn phone(&self) -> Option<&Phone> {
        self.phone.as_ref()
    }

    /// Official codes given by other systems, oldest first.
    pub fn aliases(&self) -> &[DossierCode] {
        &self.aliases
    }

    /// State by the portal's numbers: 2, được tiếp nhận.
    pub fn state(&self) -> u8 {
        2
    }

    /// How often a form was printed.
    pub fn printed(&self, form: &str) -> u32 {
        let copies = self.timeline.iter().filter(|entry| matches!(&entry.op, Op::Printed { form: f, .. } if f == form));
        u32::try_from(copies.count()).unwrap_or(u32::MAX)
    }

    /// Everything that happened, oldest first.
    pub fn timeline(&self) -> &[Entry] {
        &self.timeline
    }
}
