//! The one hand that writes while the hub serves. What arrives together is committed together, and nobody is answered
//! before the commit: one disk flush then pays for many desks.

use crate::store::Door;
use rusqlite::{Connection, TransactionBehavior};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{self, JoinHandle};
use tokio::sync::{mpsc, oneshot};

/// How many pieces of work share one commit at most, so that the first of them does not wait for long.
const TOGETHER: usize = 64;

/// How many may wait; more senders than that wait for room.
const WAITING: usize = 256;

/// Why work was not kept. The store is as it was before.
#[derive(Debug, thiserror::Error)]
pub enum NotKept {
    /// The store refused it.
    #[error("the store failed: {0}")]
    Store(#[from] rusqlite::Error),
    /// The commit failed, or the writer has ended.
    #[error("the work was not committed")]
    NotCommitted,
}

/// Told after the commit whether the work was kept.
type Tell = Box<dyn FnOnce(bool) + Send>;
type Work = Box<dyn FnOnce(Door<'_>) -> rusqlite::Result<Tell> + Send>;

/// Hands work to the writing thread.
#[derive(Debug, Clone)]
pub struct Writer(mpsc::Sender<Work>);

impl Writer {
    /// Starts the thread. It ends when every `Writer` is gone and all work is done.
    pub fn start(mut store: Connection) -> (Self, JoinHandle<()>) {
        let (sender, mut receiver) = mpsc::channel::<Work>(WAITING);
        let thread = thread::spawn(move || {
            let mut together = Vec::new();
            while receiver.blocking_recv_many(&mut together, TOGETHER) > 0 {
                if let Err(error) = commit(&mut store, together.drain(..)) {
                    log::error!("a commit failed: {error}");
                }
            }
        });
        (Self(sender), thread)
    }

    /// Does the work in a transaction and answers after the commit. An error undoes this work alone.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(Door<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, NotKept> {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move |door| {
            let (kept, result) = match work(door) {
                Ok(value) => (Ok(()), Ok(value)),
                Err(error) => (Err(rusqlite::Error::ExecuteReturnedResults), Err(error)),
            };
            let _ = (&kept, &result, &answer);
            todo!()
        });
        self.0.send(work).await.map_err(|_| NotKept::NotCommitted)?;
        answered.await.map_err(|_| NotKept::NotCommitted)?
    }

    /// Whether the thread still works.
    pub fn is_alive(&self) -> bool {
        !self.0.is_closed()
    }
}

fn commit(_store: &mut Connection, _together: impl Iterator<Item = Work>) -> rusqlite::Result<()> {
    todo!()
}
