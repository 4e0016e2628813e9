//! What the requests to one hub share, and the way each of them ends.

use crate::certificate::Identity;
use crate::enrolment::UnknownCodes;
use crate::place::Place;
use crate::scans::Scans;
use crate::store::{Fault, Readers};
use crate::writer::{NotKept, Writer};
use crate::{Clock, Error, Refusal};
use ed25519_dalek::SigningKey;
use protocol::enrolment::KeyHash;
use protocol::frame::{BadFrame, Dictionary};
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Semaphore, watch};

/// How many requests are worked on at once; the others wait with their bytes already received.
const AT_ONCE: usize = 32;

/// A hub: what it is known by, and what answers are read from.
pub struct Hub {
    /// The hash of its key, which every request is signed for.
    pub key: KeyHash,
    /// The key itself: rosters and acknowledgements that others pass on are signed with it.
    pub signer: SigningKey,
    /// The eyes that read.
    pub readers: Readers,
    /// The time.
    pub clock: Clock,
    /// Scanned papers; `None` where this hub has no folder for them.
    pub scans: Option<Scans>,
}

impl Hub {
    /// A hub on the store of a place.
    pub fn new(identity: &Identity, place: &Place, clock: Clock, scans: bool) -> crate::Result<Self> {
        Ok(Self {
            key: identity.key_hash(),
            signer: identity.signing_key().ok_or(Error::KeyElsewhere)?,
            readers: Readers::new(place.store().clone()),
            clock,
            scans: place.scans().filter(|_| scans),
        })
    }
}

/// A hub that serves: what those who ask it at once share.
pub struct Serving {
    hub: Hub,
    /// The hands that write.
    pub writer: Writer,
    /// One-time codes that were tried and nobody was given.
    pub unknown_codes: Mutex<UnknownCodes>,
    /// Room to work in.
    pub room: Semaphore,
    /// Whether other hubs write into the same store.
    pub shares_its_store: bool,
    /// Rings at every desk of an agency when its feed has grown.
    pub feeds: Feeds,
}

impl Serving {
    /// A hub whose writing hands have begun.
    pub fn new(hub: Hub, writer: Writer, shares_its_store: bool) -> Self {
        Self {
            hub,
            writer,
            unknown_codes: Mutex::default(),
            room: Semaphore::new(AT_ONCE),
            shares_its_store,
            feeds: Feeds::default(),
        }
    }
}

impl Deref for Serving {
    type Target = Hub;

    fn deref(&self) -> &Hub {
        &self.hub
    }
}

/// A bell for each agency.
#[derive(Debug, Default)]
pub struct Feeds(Mutex<HashMap<String, watch::Sender<()>>>);

impl Feeds {
    /// The bell of an agency.
    pub fn of(&self, agency: &str) -> watch::Receiver<()> {
        let mut feeds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        feeds.entry(agency.to_owned()).or_default().subscribe()
    }

    /// Rings it.
    pub fn grew(&self, agency: &str) {
        let feeds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(feed) = feeds.get(agency) {
            feed.send_replace(());
        }
    }
}

/// Why a request got no answer of its kind.
#[derive(Debug)]
pub enum Failure {
    /// The asker's matter: 4xx with a code.
    Refused(Refusal),
    /// The hub's own: 500, and its log says more.
    Broken(String),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<NotKept> for Failure {
    fn from(error: NotKept) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<Fault> for Failure {
    fn from(error: Fault) -> Self {
        Self::Broken(error.to_string())
    }
}

impl Serving {
    /// Does what takes the processor or waits for the disk, away from the connections.
    pub async fn aside<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Hub) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let serving = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || work(&serving)).await;
        done.unwrap_or_else(|error| Err(Failure::Broken(error.to_string())))
    }
}

impl From<BadFrame> for Refusal {
    fn from(bad: BadFrame) -> Self {
        match bad {
            BadFrame::UnknownDictionary(_) => Self::Dictionary,
            BadFrame::Empty | BadFrame::Packing(_) | BadFrame::Message(_) => Self::Malformed,
        }
    }
}

/// What to pack the answer to a frame with: a desk that packs plainly may know no dictionary of this release.
pub fn answer_with(frame: &[u8]) -> Dictionary {
    if frame.first() == Some(&0) { Dictionary::None } else { Dictionary::NEWEST }
}
