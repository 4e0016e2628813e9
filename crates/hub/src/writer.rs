//! The one hand that writes while the hub serves. What arrives together is committed together, and nobody is answered
//! before the commit: one flush of the disk then pays for many desks.

use crate::store::Door;
use rusqlite::{Connection, TransactionBehavior};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{self, JoinHandle};
use tokio::sync::{mpsc, oneshot};

/// How many pieces of work share one commit at most, so that the first of them does not wait for long.
const TOGETHER: usize = 64;

/// How many may wait; whoever comes later waits for room.
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

type Work = Box<dyn FnOnce(&Door<'_>) -> Worked + Send>;

/// Work that was done, and how to tell its asker after the commit.
struct Worked {
    keep: bool,
    tell: Box<dyn FnOnce(bool) + Send>,
}

/// Hands work to the writing thread.
#[derive(Clone)]
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

    /// Does work in a transaction and answers after the commit. An error undoes this work alone.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Door<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, NotKept> {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move |door| {
            let result = work(door);
            let keep = result.is_ok();
            let tell = Box::new(move |committed: bool| {
                let result =
                    if keep && !committed { Err(NotKept::NotCommitted) } else { result.map_err(NotKept::Store) };
                // An asker who has gone asks again; the work is found done.
                drop(answer.send(result));
            });
            Worked { keep, tell }
        });
        self.0.send(work).await.map_err(|_| NotKept::NotCommitted)?;
        answered.await.map_err(|_| NotKept::NotCommitted)?
    }

    /// Whether the thread still works.
    pub fn is_alive(&self) -> bool {
        !self.0.is_closed()
    }
}

/// Does all the work in one transaction, each piece in a savepoint of its own.
fn commit(store: &mut Connection, together: impl Iterator<Item = Work>) -> rusqlite::Result<()> {
    let mut transaction = store.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut told = Vec::new();
    for work in together {
        let door = transaction.savepoint()?;
        // A fault in one desk's work must not end the thread all desks depend on.
        match catch_unwind(AssertUnwindSafe(|| work(&door))) {
            Ok(worked) => {
                if worked.keep {
                    door.commit()?;
                }
                told.push(worked.tell);
            }
            Err(_) => log::error!("a fault of the hub itself; the work was undone"),
        }
    }
    let committed = transaction.commit();
    for tell in told {
        tell(committed.is_ok());
    }
    committed
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::params;

    fn count(path: &std::path::Path) -> i64 {
        let store = Connection::open(path).expect("a store");
        store.query_row("SELECT count(*) FROM line", [], |row| row.get(0)).expect("a count")
    }

    #[tokio::test]
    async fn a_failed_or_faulty_piece_of_work_is_undone_alone() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("store.db");
        let store = Connection::open(&path).expect("a store");
        store.execute_batch("CREATE TABLE line (n INTEGER) STRICT").expect("a table");
        let (writer, thread) = Writer::start(store);
        let insert = |n: i64| move |door: &Door<'_>| door.execute("INSERT INTO line (n) VALUES (?1)", params![n]);
        let failing = |door: &Door<'_>| -> rusqlite::Result<()> {
            door.execute("INSERT INTO line (n) VALUES (2)", [])?;
            Err(rusqlite::Error::QueryReturnedNoRows)
        };
        let faulty = |door: &Door<'_>| -> rusqlite::Result<()> {
            door.execute("INSERT INTO line (n) VALUES (3)", [])?;
            panic!("a fault that is meant");
        };
        let (first, second, third, fourth) =
            tokio::join!(writer.write(insert(1)), writer.write(failing), writer.write(faulty), writer.write(insert(4)));
        assert!(first.is_ok() && fourth.is_ok());
        assert!(matches!(second, Err(NotKept::Store(_))) && matches!(third, Err(NotKept::NotCommitted)));
        assert_eq!(count(&path), 2);
        assert!(writer.is_alive());
        drop(writer);
        thread.join().expect("the thread ends");
    }
}
