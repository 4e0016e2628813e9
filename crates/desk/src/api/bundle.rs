//! Where no link gets through, a stick does: what would be said to the hub goes into a file, and its answer comes back in one.
//! Neither is ever held as a whole; a file is read twice, so that nothing is taken in of one that is not whole.

use super::status::SyncView;
use super::{Desk, Done};
use crate::error::{Code, Error, Result};
use crate::place::fill_durably;
use crate::store::settings::{self, Key};
use crate::store::{Change, ops, roster};
use crate::sync::Round;
use crate::sync::exchange::Exchange;
use crate::sync::hub::hash_of;
use crate::sync::session::{Manner, Session};
use ed25519_dalek::VerifyingKey;
use protocol::bundle::{BadBundle, Opener, Sealer};
use protocol::link::Piece;
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
    /// Scans in it.
    pub scans: u32,
    /// Their bytes.
    #[ts(type = "number")]
    pub scan_bytes: u64,
}

impl Desk {
    /// Writes a bundle with everything the hub has not acknowledged, and `with_scans` with the scans it has not whole. Carrying
    /// it twice, or two of them, is harmless.
    ///
    /// # Errors
    /// The desk was never enrolled, or has not met the hub since; the file cannot be written.
    pub fn bundle_out(&self, file: &Path, with_scans: bool) -> Done<BundleView> {
        let hub = self.hub_key()?;
        let key = self.store.read(roster::hub_key)?.ok_or_else(|| Error::new(Code::HubKeyUnknown))?;
        let last = self.store.read(ops::last_row)?;
        let manner = Manner { introduces: true, plainly: false };
        let mut session = Session::new(&self.store, &self.device, hub, manner, 0)?;
        let fresh = crate::keys::random()?;
        let mut bytes = 0;
        let (scans, scan_bytes) = fill_durably(file, &mut |append| {
            let (mut sealer, head) = Sealer::begin(&self.device, &key, fresh);
            let mut write = |sealed: Vec<u8>| {
                bytes += sealed.len() as u64;
                append(&sealed)
            };
            write(head)?;
            let said =
                session.says_all(&self.store, &self.scans, with_scans, &mut |pieces| write(sealer.add(pieces)))?;
            write(sealer.end())?;
            Ok(said)
        })?;
        // What is on a stick outlives this computer as what is in a backup does; it is no backup.
        let ((), changes) = self.store.write(|writing| {
            writing.changed(Change::Sync);
            settings::set(writing, Key::CarriedAt, &self.now_ms().to_string())?;
            settings::set(writing, Key::CarriedOp, &last.to_string())
        })?;
        Ok((BundleView { file: file.display().to_string(), bytes, scans, scan_bytes }, changes))
    }

    /// Takes in the hub's answer to a bundle. The same answer again, or an older one, changes nothing.
    ///
    /// # Errors
    /// The file is no bundle, is for another desk, was damaged, or is not this desk's hub's. Then nothing of it is taken in.
    pub fn bundle_in(&self, file: &Path) -> Done<SyncView> {
        let hub = self.hub_key()?;
        let writer = self.each_piece(file, &mut |_, _| Ok(()))?;
        if hash_of(&writer) != hub {
            return Err(Error::new(Code::BundleNotOurs).with("file", file.display()));
        }
        let desk = self.exchanging(false);
        let mut exchange = Exchange::on_paper(&desk, hub)?;
        let mut round = Round::default();
        self.each_piece(file, &mut |by, piece| match by == writer {
            true => exchange.heard(piece, &desk, 0, &mut round),
            false => Ok(()),
        })?;
        if round.superseded {
            self.leave_identity()?;
        }
        Ok((self.sync_status()?, round.changes))
    }

    /// Does something with each piece of a bundle. Answers who wrote it.
    fn each_piece(&self, file: &Path, with: &mut dyn FnMut(VerifyingKey, Piece) -> Result<()>) -> Result<VerifyingKey> {
        let unreadable = |error| Error::new(Code::FileUnreadable).with("file", file.display()).because(error);
        let none = |error: BadBundle| Error::new(Code::BundleUnreadable).with("file", file.display()).because(error);
        let mut bundle = File::open(file).map_err(unreadable)?;
        let (mut opener, mut buffer) = (Opener::new(&self.device), vec![0; 256 * 1024]);
        loop {
            let count = bundle.read(&mut buffer).map_err(unreadable)?;
            match buffer.get(..count).filter(|bytes| !bytes.is_empty()) {
                Some(bytes) => opener.arrived(bytes).map_err(none)?,
                None => opener.ended().map_err(none)?,
            }
            while let Some((writer, piece)) = opener.take().map_err(none)? {
                with(writer, piece)?;
            }
            if count == 0 {
                return opener.finish().map_err(none);
            }
        }
    }
}
