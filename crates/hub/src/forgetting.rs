//! Dossiers whose retention has ended. Who holds the operation that says so erases what names a person in the dossier: the
//! personal parts of its operations with their salts, and its scans; also what comes later from somebody who had not heard.

use crate::effects::{self, Reading};
use crate::hub::Hub;
use crate::store::feed::Held;
use crate::store::op::NewOp;
use crate::store::{Door, Fault, forgotten, op, scan};
use domain::dossier::OpId;
use protocol::fields::kind;
use protocol::message::Carried;
use std::collections::{BTreeMap, BTreeSet};

/// The dossiers among those that new operations concern which are forgotten, or are with them. Their scans go at once.
pub fn of<'a>(
    door: &Door<'_>,
    hub: &Hub,
    agency: &str,
    held: Held,
    new: impl Iterator<Item = (&'a NewOp<'a>, &'a Reading)>,
    now: u64,
) -> Result<BTreeSet<OpId>, Fault> {
    let (mut concerned, mut forgets) = (BTreeSet::new(), BTreeSet::new());
    for (row, reading) in new {
        // What was set aside has no effect; its own personal part goes all the same.
        concerned.extend(reading.dossier);
        forgets.extend(reading.dossier.filter(|_| reading.forgets && row.set_aside.is_none()));
    }
    // Nearly always there is nothing to ask.
    let known = if held.forgotten == 0 { BTreeSet::new() } else { forgotten::among(door, agency, &concerned)? };
    let fresh: BTreeSet<OpId> = forgets.difference(&known).copied().collect();
    if !fresh.is_empty() {
        forgotten::add(door, agency, &fresh, now)?;
        erase_scans(door, hub, agency, &fresh)?;
    }
    Ok(known.union(&fresh).copied().collect())
}

/// Erases the scans that the stored operations of dossiers name and no other dossier's do. Files go before the commit: where that
/// fails, the desk sends again what was to be stored, and it is done again.
fn erase_scans(door: &Door<'_>, hub: &Hub, agency: &str, dossiers: &BTreeSet<OpId>) -> Result<(), Fault> {
    let mut named: BTreeMap<[u8; 32], u64> = BTreeMap::new();
    for dossier in dossiers {
        for (id, public) in op::of_kind(door, agency, *dossier, kind::ATTACHED)? {
            let carried = Carried { public, personal: None, salt: None };
            if let Some((hash, _)) = effects::read(id, &carried).and_then(|reading| reading.scan) {
                *named.entry(hash).or_default() += 1;
            }
        }
    }
    for (hash, times) in named {
        if scan::forget(door, agency, &hash, times)?
            && let Some(scans) = &hub.scans
            && let Err(error) = scans.erase(agency, &hash)
        {
            log::error!("the scan of a forgotten dossier cannot be erased: {error}");
            return Err(Fault::NotOpened(error.to_string()));
        }
    }
    Ok(())
}
