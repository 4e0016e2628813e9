//! Other desks' logs on a connection: what neighbours have brought goes on to the hub.

use super::{Log, Session};
use crate::error::Result;
use crate::store::{Store, others};
use protocol::link::Which;

impl Session {
    /// Neighbours may have brought more of others' logs, and so may the feed.
    pub(super) fn look_at_others(&mut self, store: &Store) -> Result<()> {
        if !self.welcomed {
            return Ok(());
        }
        for origin in store.read(others::of_others_not_acknowledged)? {
            let Some(replica) = origin.replica else { continue };
            let (sent, is_open) = (origin.acknowledged, !self.hub_is_restored);
            match self.logs.iter_mut().find(|log| log.replica == replica) {
                Some(log) => {
                    log.sent = log.sent.max(sent);
                    log.open |= is_open;
                }
                None => self.logs.push(Log {
                    origin: origin.id,
                    replica,
                    sent,
                    head: origin.head,
                    stored: sent,
                    refused: !origin.refused.is_empty(),
                    open: is_open,
                    is_own: false,
                    end: (origin.last_seq, origin.head),
                }),
            }
        }
        Ok(())
    }

    /// Whether a scan is named by another desk's operation.
    pub(super) fn is_anothers(&self, which: Which) -> bool {
        let of = |replica| self.logs.iter().any(|log| log.replica == replica && !log.is_own);
        matches!(which, Which::NamedBy { replica, .. } if of(replica))
    }
}
