//! Where no link gets through, a stick does: what would be said to the hub goes into a file, and its answer comes back in one.

use super::status::SyncView;
use super::{Desk, Done};
use crate::error::{Code, Error, Result};
use crate::place::write_durably;
use crate::store::settings::{self, Key};
use crate::store::{Change, ops, roster};
use crate::sync::Round;
use crate::sync::exchange::Exchange;
use crate::sync::hub::hash_of;
use crate::sync::session::{Manner, Session};
use ed25519_dalek::VerifyingKey;
use protocol::bundle::{self, MAX_BUNDLE};
use serde::Serialize;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use ts_rs::TS;

/// A bundle that was written.
#[derive(Debug, Clone, Serialize, TS)]
pub struct BundleView {
    /// Its file.
    pub file: String,
    /// Its size.
    #[ts(type = "number")]
    pub bytes: u64,
}

impl Desk {
    /// Writes a bundle with everything the hub has not acknowledged. Carrying it twice, or two of them, is harmless.
    ///
    /// # Errors
    /// The desk was never enrolled, or has not met the hub since; the file cannot be written.
    pub fn bundle_out(&self, file: &Path) -> Done<BundleView> {
        let hub = self.hub_key()?;
        let key = self.store.read(roster::hub_key)?.ok_or_else(|| Error::new(Code::HubKeyUnknown))?;
        let last = self.store.read(ops::last_row)?;
        let manner = Manner { introduces: true, plainly: false };
        let pieces = Session::new(&self.store, &self.device, hub, manner, 0)?.all(&self.store, &self.scans)?;
        let sealed = bundle::seal(&self.device, &key, crate::keys::random()?, &pieces);
        write_durably(file, &sealed)?;
        // What is on a stick outlives this computer as what is in a backup does; it is no backup.
        let ((), changes) = self.store.write(|writing| {
            writing.changed(Change::Sync);
            settings::set(writing, Key::CarriedAt, &self.now_ms().to_string())?;
            settings::set(writing, Key::CarriedOp, &last.to_string())
        })?;
        Ok((BundleView { file: file.display().to_string(), bytes: sealed.len() as u64 }, changes))
    }

    /// Takes in the hub's answer to a bundle. The same answer again, or an older one, changes nothing.
    ///
    /// # Errors
    /// The file is no bundle, is for another desk, was damaged, or is not this desk's hub's.
    pub fn bundle_in(&self, file: &Path) -> Done<SyncView> {
        let hub = self.hub_key()?;
        let (writer, pieces) = read(&self.device, file)?;
        if hash_of(&writer) != hub {
            return Err(Error::new(Code::BundleNotOurs).with("file", file.display()));
        }
        let desk = self.exchanging(false);
        let mut exchange = Exchange::on_paper(&desk, hub)?;
        let mut round = Round::default();
        for piece in pieces {
            exchange.heard(piece, &desk, 0, &mut round)?;
        }
        if round.superseded {
            self.leave_identity()?;
        }
        Ok((self.sync_status()?, round.changes))
    }
}

fn read(device: &ed25519_dalek::SigningKey, file: &Path) -> Result<(VerifyingKey, Vec<protocol::link::Piece>)> {
    let unreadable = |error| Error::new(Code::FileUnreadable).with("file", file.display()).because(error);
    let mut bytes = Vec::new();
    File::open(file).and_then(|open| open.take(MAX_BUNDLE).read_to_end(&mut bytes)).map_err(unreadable)?;
    bundle::open(device, &bytes)
        .map_err(|error| Error::new(Code::BundleUnreadable).with("file", file.display()).because(error))
}
