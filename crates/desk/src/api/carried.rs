//! The hub at the other end of whatever carries bytes there and back. The window and the terminal have a TLS connection
//! ([`super::sync`]); here somebody else holds the line, and says what came of it.

use super::Desk;
use super::enrol::EnrolInput;
use crate::error::Result;
use crate::sync::exchange::Exchange;
use crate::sync::hub::{read_answer, request_body};
use crate::sync::session::Manner;
use crate::sync::{self, Round};
use ed25519_dalek::VerifyingKey;
use minicbor::{Decode, Encode};
use protocol::enrolment::KeyHash;
use protocol::message::{ENROL, SYNC};

/// Brings a request's path and body to the hub. Answers whether it was granted, and the frame that says what came of it; or why
/// no answer came, as [`crate::error::Code::HubSilent`] where the request may have arrived all the same.
pub type Carrier<'c> = dyn FnMut(&str, Vec<u8>) -> Result<(bool, Vec<u8>)> + 'c;

/// A connection with the hub, without its line.
pub struct Call(Exchange);

impl Call {
    /// Whether all is said, as far as is known.
    pub fn is_quiet(&self) -> bool {
        self.0.is_quiet()
    }
}

impl Desk {
    /// Begins a connection.
    pub fn calls(&self, manner: Manner) -> Result<Call> {
        Exchange::begin(&self.exchanging(false), self.hub_key()?, manner).map(Call)
    }

    /// The next bytes to bring to the hub; `None` while there are none, or enough is on its way. `ms` counts from the beginning
    /// of the connection.
    pub fn says(&self, call: &mut Call, ms: u64) -> Result<Option<Vec<u8>>> {
        let desk = self.exchanging(false);
        call.0.look_again(&desk)?;
        call.0.next(&desk, ms)
    }

    /// Takes in bytes that came from the hub.
    ///
    /// # Errors
    /// The hub refuses or talks nonsense. The connection is over.
    pub fn hears(&self, call: &mut Call, bytes: &[u8], ms: u64) -> Result<Round> {
        let mut round = Round::default();
        let desk = self.exchanging(false);
        let outcome = call.0.arrived(bytes, &desk, ms, &mut round).map(|()| round);
        if outcome.is_err() {
            call.0.note_sent(&desk)?;
        }
        self.follow(outcome)
    }

    /// The line was lost.
    pub fn loses(&self, call: Call) -> Result<()> {
        call.0.note_sent(&self.exchanging(false))
    }

    /// One exchange by the first protocol.
    pub fn exchanges(&self, carry: &mut Carrier<'_>) -> Result<Round> {
        let key = self.hub_key()?;
        let round =
            sync::round(&self.store, &self.device, self.now_ms(), |request| self.asks(carry, &key, SYNC, request));
        self.follow(round)
    }

    /// Enrols the desk with a hub that is reached so, and whose key is known.
    pub fn enrols_by(&self, input: &EnrolInput, hub: VerifyingKey, carry: &mut Carrier<'_>) -> Result<()> {
        self.enrol_by(input, |key, request| Ok((self.asks(carry, &key, ENROL, request)?, Some(hub)))).map(drop)
    }

    fn asks<A: for<'b> Decode<'b, ()>>(
        &self,
        carry: &mut Carrier<'_>,
        hub: &KeyHash,
        path: &str,
        request: &impl Encode<()>,
    ) -> Result<A> {
        let (granted, answer) = carry(path, request_body(&self.device, hub, path, request)?)?;
        read_answer(granted, &answer)
    }

    fn follow(&self, round: Result<Round>) -> Result<Round> {
        if self.must_leave(&round)? {
            self.leave_identity()?;
        }
        round
    }
}
