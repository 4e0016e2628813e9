//! Becoming a desk of the province.

use super::status::SyncView;
use super::sync::Connection;
use super::{Desk, Done, hold};
use crate::error::{Code, Error, Result};
use crate::identity::Identity;
use crate::store::settings::{self, Key};
use crate::store::{numbers, ops, roster};
use crate::sync::hub::Hub;
use crate::texts::text;
use data_encoding::HEXLOWER;
use ed25519_dalek::VerifyingKey;
use protocol::enrolment::{Code as OneTimeCode, KeyHash};
use protocol::fields::Role;
use protocol::message::{ENROL, EnrolReply, EnrolRequest};
use serde::Deserialize;
use std::sync::Arc;
use ts_rs::TS;

/// Where the province is, and the code it gave.
#[derive(Deserialize, TS)]
pub struct EnrolInput {
    /// `https://…`.
    pub hub: String,
    /// Eight groups of four.
    pub code: String,
}

impl Desk {
    /// Enrols the desk. What was written before gets its replica number now; not one operation is written anew.
    pub fn enrol(&self, input: &EnrolInput) -> Done<SyncView> {
        let (_, changes) = self.enrol_by(input, |key, request| {
            let hub = Hub::new(&input.hub, key)?;
            Ok((hub.exchange(&self.device, ENROL, request)?, hub.seen_key()))
        })?;
        Ok((self.sync_status()?, changes))
    }

    /// The same, with a hub of this key that `carry` reaches. It answers with the key itself, where it has met it.
    pub(super) fn enrol_by(
        &self,
        input: &EnrolInput,
        carry: impl FnOnce(KeyHash, &EnrolRequest) -> Result<(EnrolReply, Option<VerifyingKey>)>,
    ) -> Done<()> {
        self.require(&[Role::Administrator])?;
        let own = self.store.read(ops::own)?;
        if own.replica.is_some() {
            return Err(Error::new(Code::AlreadyEnrolled));
        }
        let code: OneTimeCode =
            input.code.parse().map_err(|error| Error::new(Code::EnrolCodeMalformed).because(error))?;
        let (agency, label) = self.store.read(|connection| {
            let counter = settings::get(connection, Key::Counter)?;
            let label = format!("{} – {}", settings::get(connection, Key::Commune)?, counter);
            Ok((settings::get(connection, Key::Agency)?, label))
        })?;
        let request =
            EnrolRequest { secret: code.secret.0, device: self.device.verifying_key().to_bytes(), label, agency };
        let (reply, hub) = carry(code.hub, &request).map_err(|error| self.in_words(error))?;
        let [first, spares @ ..] = reply.leases.as_slice() else {
            return Err(Error::new(Code::HubUnreadable).because("no lease"));
        };
        let spares: Vec<(u32, u8)> = spares.iter().map(|lease| (lease.replica, lease.lane)).collect();
        let identity = Identity { replica: Some(first.replica), spares, reserved: own.last_seq + 1000 };
        // The machine knows its identity before the database uses it; the same code gives the same answer if this is cut short.
        identity.save(&self.place, &hold(&self.keys).store)?;
        *hold(&self.identity) = Some(identity);
        let today = self.now()?.date();
        self.write(|writing| {
            ops::enrol_origin(writing, own.id, first.replica, first.lane)?;
            numbers::raise(writing, today, first.lane, 0)?;
            settings::set(writing, Key::Hub, input.hub.trim())?;
            settings::set(writing, Key::HubKey, &HEXLOWER.encode(&code.hub.0))?;
            settings::set(writing, Key::HubEpoch, &reply.epoch.to_string())?;
            settings::set(writing, Key::Cursor, "0")?;
            if let Some(hub) = &hub {
                settings::set(writing, Key::HubPublic, &HEXLOWER.encode(hub.as_bytes()))?;
            }
            if let Some(brought) = &reply.roster {
                roster::keep(writing, brought, &code.hub)?;
            }
            Ok(())
        })
    }

    /// The key the hub this desk was enrolled with is known by.
    pub(super) fn hub_key(&self) -> Result<KeyHash> {
        let key = self.store.read(|connection| settings::get(connection, Key::HubKey))?;
        let enrolled = self.store.read(|connection| Ok(!settings::get(connection, Key::Hub)?.is_empty()))?;
        let key: Option<[u8; 12]> = HEXLOWER.decode(key.as_bytes()).ok().and_then(|bytes| bytes.try_into().ok());
        key.filter(|_| enrolled).map(KeyHash).ok_or_else(|| Error::new(Code::NotEnrolled))
    }

    /// The hub this desk was enrolled with. It is kept, and with it the tickets of TLS.
    pub(super) fn hub(&self) -> Result<Arc<Hub>> {
        let key = self.hub_key()?;
        let address = self.store.read(|connection| settings::get(connection, Key::Hub))?;
        let mut connection = hold(&self.connection);
        match &connection.hub {
            Some(hub) if hub.is(&address, key) => Ok(Arc::clone(hub)),
            _ => {
                let hub = Arc::new(Hub::new(&address, key)?);
                *connection = Connection { hub: Some(Arc::clone(&hub)), ..Connection::default() };
                Ok(hub)
            }
        }
    }

    /// A hub's refusal with its reason in words instead of a code.
    pub(super) fn in_words(&self, error: Error) -> Error {
        match error.params() {
            [("reason", code)] if error.code() == Code::HubRefused => {
                let reason = text(self.language(), &format!("refused_{code}"), &[]);
                Error::new(Code::HubRefused).with("reason", reason)
            }
            _ => error,
        }
    }
}
