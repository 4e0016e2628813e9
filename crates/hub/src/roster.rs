//! Who writes for an agency, in the hub's word; and what a hub that was put back from a backup learns from its own words of later.

use crate::hub::Hub;
use crate::store::{Door, Fault, Reader, desk, lease, whole};
use protocol::message::Signed;
use protocol::roster::{Member, Roster};

/// An agency's roster, signed.
pub fn signed(hub: &Hub, store: &Reader<'_>, agency: &str) -> Result<Signed, Fault> {
    Ok(of(store, agency)?.sign(&hub.signer, &hub.key))
}

fn of(store: &Reader<'_>, agency: &str) -> Result<Roster, Fault> {
    let mut desks = Vec::new();
    for desk in desk::of_agency(store, agency)? {
        let (Some(device), Some(enrolled_at)) = (desk.device, desk.enrolled_at) else { continue };
        desks.push(Member {
            desk: desk.desk,
            device,
            leases: lease::of_desk(store, agency, desk.desk)?,
            enrolled_at,
            revoked_at: desk.revoked_at,
            stolen: desk.stolen.then_some(true),
            volunteer: desk.is_volunteer.then_some(true),
            name: desk.name,
            label: desk.label,
        });
    }
    let (epoch, version) = (whole::epoch(store)?, desk::roster_version(store, agency)?);
    Ok(Roster { agency: agency.to_owned(), epoch, version, desks })
}

/// A roster that this hub signed; `None` for anything else.
pub fn own(hub: &Hub, brought: &Signed) -> Option<Roster> {
    Roster::open(brought, &hub.signer.verifying_key(), &hub.key).ok()
}

/// Takes up again what the hub once knew of an agency's desks: who enrolled, with which numbers, and who was revoked. Only a hub
/// that was put back from a backup has anything to learn. The roster is its own: [`own`].
pub fn learn(door: &Door<'_>, roster: &Roster) -> Result<(), Fault> {
    whole::take_turn(door)?;
    if whole::restored_at(door)?.is_none() {
        return Ok(());
    }
    let agency = roster.agency.as_str();
    for member in &roster.desks {
        let replicas = member.leases.iter().map(|lease| lease.replica).max().unwrap_or(0);
        whole::pass_over(door, member.desk, replicas)?;
        if desk::by_number(door, member.desk)?.is_none() {
            desk::add_again(door, agency, member)?;
        }
        let Some(known) = desk::by_number(door, member.desk)?.filter(|known| known.agency == agency) else { continue };
        match known.device {
            None => desk::enrol(door, &known, &member.device, &member.label, member.enrolled_at)?,
            Some(device) if device != member.device => continue,
            Some(_) => {}
        }
        let given = lease::of_desk(door, agency, member.desk)?;
        for lease in member.leases.iter().filter(|lease| !given.contains(lease)) {
            lease::add(door, agency, member.desk, *lease)?;
        }
        let stolen = member.stolen.unwrap_or(false);
        match member.revoked_at {
            Some(at) if known.revoked_at.is_none() || stolen && !known.stolen => {
                desk::revoke(door, &known, stolen, at)?;
            }
            _ => {}
        }
    }
    Ok(())
}
