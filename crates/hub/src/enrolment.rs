//! A computer becomes a desk: the one-time code is held against the desk it was made for, and replica numbers and lanes
//! are leased. The same code with the same device key gets the same answer again, however often the answer was lost.

use crate::clock::{DAY_MS, local_day};
use crate::hub::{Failure, Hub, Serving, answer_with};
use crate::roster;
use crate::store::lease::{self, GivenLane};
use crate::store::{Door, Fault, desk, whole};
use crate::writer::PROVINCE;
use crate::{Error, Refusal};
use axum::body::Bytes;
use domain::code::AgencyCode;
use ed25519_dalek::VerifyingKey;
use protocol::enrolment::Secret;
use protocol::frame;
use protocol::message::{ENROL, EnrolReply, EnrolRequest, Lease, Signed};
use std::sync::{Arc, PoisonError};

/// How long a one-time code may be used, in days.
const CODE_DAYS: u64 = 7;

/// How often a one-time code may be tried in vain.
const TRIES: u32 = 10;

/// Leases given at enrolment: one to use, four spares.
const LEASES: usize = 5;

/// Letters of a desk's own label that are kept.
const LABEL: usize = 100;

/// Codes nobody was given that may be tried in one minute at the whole hub. At this rate all the codes of a province would
/// be guessed in far more years than the hub will see; the limit keeps a guesser from being a load.
const UNKNOWN_A_MINUTE: u32 = 60;

/// Counts tries of codes that nobody was given.
#[derive(Debug, Default)]
pub struct UnknownCodes {
    minute: u64,
    tried: u32,
}

impl UnknownCodes {
    fn too_many(&self, now: u64) -> bool {
        self.minute == now / 60_000 && self.tried >= UNKNOWN_A_MINUTE
    }

    fn count(&mut self, now: u64) {
        let minute = now / 60_000;
        self.tried = if self.minute == minute { self.tried.saturating_add(1) } else { 1 };
        self.minute = minute;
    }
}

/// What the store keeps of a one-time code, so that the store gives no code away.
pub fn code_hash(secret: Secret) -> [u8; 32] {
    blake3::derive_key("motcua one-time code 1", &secret.0)
}

/// Answers a request to enrol.
pub async fn enrol(hub: Arc<Serving>, body: Bytes) -> Result<Vec<u8>, Failure> {
    let (request, dictionary) = hub.aside(move |hub| open(hub, &body)).await?;
    let now = (hub.clock)();
    let unknown = || hub.unknown_codes.lock().unwrap_or_else(PoisonError::into_inner);
    if unknown().too_many(now) {
        return Err(Refusal::SlowDown.into());
    }
    let agency = request.agency.clone();
    let decided = hub.writer.write(PROVINCE, move |door| decide(door, &request, now)).await?;
    if decided == Err(Refusal::CodeUnknown) {
        unknown().count(now);
    }
    let reply = decided?;
    hub.aside(move |hub| answered(hub, reply, &agency, dictionary)).await
}

/// The answer with the agency's roster, packed.
pub fn answered(
    hub: &Hub,
    mut reply: EnrolReply,
    agency: &str,
    dictionary: frame::Dictionary,
) -> Result<Vec<u8>, Failure> {
    reply.roster = Some(hub.readers.read(|store| roster::signed(hub, store, agency))?);
    frame::pack(&reply, dictionary).map_err(|error| Failure::Broken(error.to_string()))
}

/// The request, signed by the key it brings.
pub fn open(hub: &Hub, body: &[u8]) -> Result<(EnrolRequest, frame::Dictionary), Failure> {
    let signed = Signed::decode(body).map_err(|_| Refusal::Malformed)?;
    let request: EnrolRequest = frame::unpack(&signed.frame).map_err(Refusal::from)?;
    let key = VerifyingKey::from_bytes(&request.device).map_err(|_| Refusal::Signature)?;
    if signed.is_signed_by(&key, &hub.key, ENROL) {
        Ok((request, answer_with(&signed.frame)))
    } else {
        Err(Refusal::Signature.into())
    }
}

/// Binds a computer to the desk its code was made for, and leases its numbers.
pub fn decide(door: &Door<'_>, request: &EnrolRequest, now: u64) -> Result<Result<EnrolReply, Refusal>, Fault> {
    // Numbers and lanes are given by one at a time, whichever hub of the province is asked.
    whole::take_turn(door)?;
    let Some(desk) = desk::by_code(door, &code_hash(Secret(request.secret)))? else {
        return Ok(Err(Refusal::CodeUnknown));
    };
    let same_agency = AgencyCode::parse(&request.agency).is_ok_and(|agency| agency.as_str() == desk.agency);
    let refusal = match desk.device {
        _ if desk.revoked_at.is_some() => Some(Refusal::Revoked),
        Some(device) if device != request.device => Some(Refusal::CodeUsed),
        None if desk.failed_tries >= TRIES => Some(Refusal::CodeExhausted),
        None if now > code_ends(&desk) => Some(Refusal::CodeExpired),
        _ if !same_agency => Some(Refusal::WrongAgency),
        // What was leased since the backup is not known yet.
        None if whole::restored_at(door)?.is_some() => Some(Refusal::Restored),
        _ => None,
    };
    if let Some(refusal) = refusal {
        if desk.device.is_none() && refusal == Refusal::WrongAgency {
            desk::tried_in_vain(door, &desk)?;
        }
        log::warn!("desk {}: enrolment refused, {}", desk.desk, refusal.code());
        return Ok(Err(refusal));
    }
    if desk.device.is_none() {
        let lanes = free_lanes(&lease::lanes(door, &desk.agency)?, now);
        if lanes.is_empty() {
            log::warn!("desk {}: enrolment refused, {}", desk.desk, Refusal::NoLane.code());
            return Ok(Err(Refusal::NoLane));
        }
        for lane in lanes.into_iter().take(LEASES) {
            lease::add(door, &desk.agency, desk.desk, Lease { replica: whole::next_replica(door)?, lane })?;
        }
        let label: String = domain::text::tidy(&request.label).chars().take(LABEL).collect();
        desk::enrol(door, &desk, &request.device, &label, now)?;
        log::info!("desk {} of {} enrolled", desk.desk, desk.agency);
    }
    let leases = lease::of_desk(door, &desk.agency, desk.desk)?;
    Ok(Ok(EnrolReply { epoch: whole::epoch(door)?, leases, time_ms: now, roster: None }))
}

/// The last moment a desk's one-time code may be used.
pub fn code_ends(desk: &desk::Desk) -> u64 {
    desk.code_made_at.saturating_add(CODE_DAYS * DAY_MS)
}

/// Whether a desk's one-time code was tried too often.
pub fn code_is_exhausted(desk: &desk::Desk) -> bool {
    desk.failed_tries >= TRIES
}

/// Lanes 1 to 99 that no live desk may use. A retired desk may have used its lanes until the end of its last day; a
/// stolen one may go on using them, so nobody else ever gets those.
fn free_lanes(given: &[GivenLane], now: u64) -> Vec<u8> {
    let free_again = |revoked_at: u64| local_day(revoked_at) < local_day(now);
    let taken = |lane: u8| {
        given.iter().any(|given| given.lane == lane && (given.stolen || !given.revoked_at.is_some_and(free_again)))
    };
    (1..=99).filter(|lane| !taken(*lane)).collect()
}

/// Draws the secret of a one-time code.
pub fn draw_secret() -> crate::Result<Secret> {
    let mut secret = [0; 8];
    getrandom::fill(&mut secret).map_err(|error| Error::NoRandomness(error.to_string()))?;
    Ok(Secret(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIDNIGHT: u64 = 1_795_280_400_000; // 2026-11-22T00:00+07:00

    #[test]
    fn a_retired_lane_is_free_again_the_next_day_and_a_stolen_one_never() {
        let lane = |lane, revoked_at, stolen| GivenLane { lane, revoked_at, stolen };
        let given = [lane(1, None, false), lane(2, Some(MIDNIGHT), false), lane(3, Some(MIDNIGHT), true)];
        let same_day = free_lanes(&given, MIDNIGHT + DAY_MS - 1);
        assert_eq!((same_day.first(), same_day.len()), (Some(&4), 96));
        let next_day = free_lanes(&given, MIDNIGHT + DAY_MS);
        assert_eq!(next_day.get(..2), Some([2, 4].as_slice()));
    }

    #[test]
    fn a_lane_given_again_is_taken_again() {
        let given = [
            GivenLane { lane: 1, revoked_at: Some(MIDNIGHT), stolen: false },
            GivenLane { lane: 1, revoked_at: None, stolen: false },
        ];
        assert!(!free_lanes(&given, MIDNIGHT + 2 * DAY_MS).contains(&1));
    }

    #[test]
    fn unknown_codes_are_counted_by_the_minute() {
        let mut unknown = UnknownCodes::default();
        for _ in 0..UNKNOWN_A_MINUTE {
            assert!(!unknown.too_many(MIDNIGHT));
            unknown.count(MIDNIGHT);
        }
        assert!(unknown.too_many(MIDNIGHT + 59_999));
        assert!(!unknown.too_many(MIDNIGHT + 60_000));
    }
}
