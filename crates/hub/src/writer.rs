//! The hands that write while the hub serves. What arrives together is committed together, and nobody is answered before the
//! commit: one flush of the disk then pays for many desks.
//!
//! A file is written by one hand. A server's database is written by several, each with the agencies that are its own; hands
//! of other hubs write there too. Each takes the row of the whole province first and then agencies in the order of their
//! codes, so that nobody waits in a circle.

use crate::store::{Address, Door, Fault, Store};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// How many pieces of work share one commit at most, so that the first of them does not wait for long.
const TOGETHER: usize = 64;

/// How many may wait for one hand; whoever comes later waits for room.
const WAITING: usize = 256;

/// In place of an agency: work on the whole province. It comes before every agency.
pub const PROVINCE: &str = "";

/// How often work is tried that others were in the way of.
const TRIES: u32 = 6;

/// Why work was not kept. The store is as it was before; only where a connection was lost during the commit it may have been
/// kept all the same, and whoever asks again finds it done.
#[derive(Debug, thiserror::Error)]
pub enum NotKept {
    /// The store refused it.
    #[error("the store failed: {0}")]
    Store(#[from] Fault),
    /// A fault of the hub itself, or the hand has ended.
    #[error("the work was not done")]
    NotDone,
}

/// Work that waits. It may be done more than once, and counts once.
trait Work: Send {
    /// Does it.
    fn run(&mut self, door: &Door<'_>) -> Result<(), Fault>;
    /// Tells its asker, after the commit.
    fn tell(self: Box<Self>, outcome: Result<(), NotKept>);
}

struct Asked<F, T> {
    work: F,
    result: Option<T>,
    answer: oneshot::Sender<Result<T, NotKept>>,
}

impl<T: Send, F: Fn(&Door<'_>) -> Result<T, Fault> + Send> Work for Asked<F, T> {
    fn run(&mut self, door: &Door<'_>) -> Result<(), Fault> {
        self.result = Some((self.work)(door)?);
        Ok(())
    }

    fn tell(self: Box<Self>, outcome: Result<(), NotKept>) {
        let Self { result, answer, .. } = *self;
        // An asker who has gone asks again; the work is found done.
        drop(answer.send(outcome.and_then(|()| result.ok_or(NotKept::NotDone))));
    }
}

/// Work on an agency.
struct Piece {
    agency: String,
    work: Box<dyn Work>,
}

/// Hands work to the writing threads.
#[derive(Clone)]
pub struct Writer(Arc<[mpsc::Sender<Piece>]>);

impl Writer {
    /// Starts the threads. They end when every `Writer` is gone and all work is done.
    pub fn start(address: &Address) -> (Self, Vec<JoinHandle<()>>) {
        let hand = |_| {
            let (sender, mut receiver) = mpsc::channel::<Piece>(WAITING);
            let mut hand = Hand { address: address.clone(), store: None };
            let thread = thread::spawn(move || {
                let mut together = Vec::new();
                while receiver.blocking_recv_many(&mut together, TOGETHER) > 0 {
                    hand.do_together(std::mem::take(&mut together));
                }
            });
            (sender, thread)
        };
        let (senders, threads): (Vec<_>, Vec<_>) = (0..address.hands()).map(hand).unzip();
        (Self(senders.into()), threads)
    }

    /// Does work on an agency in a transaction and answers after the commit. An error undoes this work alone. Where others are
    /// in the way it is done again, from the beginning.
    pub async fn write<T: Send + 'static>(
        &self,
        agency: &str,
        work: impl Fn(&Door<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, NotKept> {
        let (answer, answered) = oneshot::channel();
        let piece = Piece { agency: agency.to_owned(), work: Box::new(Asked { work, result: None, answer }) };
        let mut hasher = DefaultHasher::new();
        agency.hash(&mut hasher);
        let hand = usize::try_from(hasher.finish() % self.0.len().max(1) as u64).unwrap_or_default();
        let sender = self.0.get(hand).ok_or(NotKept::NotDone)?;
        sender.send(piece).await.map_err(|_| NotKept::NotDone)?;
        answered.await.map_err(|_| NotKept::NotDone)?
    }

    /// Whether the threads still work.
    pub fn is_alive(&self) -> bool {
        !self.0.iter().any(mpsc::Sender::is_closed)
    }
}

/// One thread's connection.
struct Hand {
    address: Address,
    store: Option<Store>,
}

impl Hand {
    /// Does all the work in one transaction. Where that fails, each piece gets one of its own, so that nobody's fault is
    /// another's.
    fn do_together(&mut self, mut pieces: Vec<Piece>) {
        pieces.sort_by(|one, other| one.agency.cmp(&other.agency));
        if let Err(error) = self.attempt(&mut pieces) {
            log::warn!("{} pieces of work were not committed together: {error}", pieces.len());
            return pieces.into_iter().for_each(|piece| self.do_alone(piece));
        }
        pieces.into_iter().for_each(|piece| piece.work.tell(Ok(())));
    }

    fn do_alone(&mut self, mut piece: Piece) {
        let mut outcome = self.attempt(std::slice::from_mut(&mut piece));
        for again in 1..TRIES {
            if !matches!(outcome, Err(NotKept::Store(Fault::Postgres { again: true, .. }))) {
                break;
            }
            thread::sleep(Duration::from_millis(1 << again));
            outcome = self.attempt(std::slice::from_mut(&mut piece));
        }
        if let Err(error) = &outcome {
            log::error!("work was not kept: {error}");
        }
        piece.work.tell(outcome);
    }

    fn attempt(&mut self, pieces: &mut [Piece]) -> Result<(), NotKept> {
        let mut store = match self.store.take() {
            Some(store) => store,
            None => self.address.open_again()?,
        };
        let all = |door: &Door<'_>| pieces.iter_mut().try_for_each(|piece| piece.work.run(door));
        // A fault in one desk's work must not end the thread all desks depend on.
        let done = catch_unwind(AssertUnwindSafe(|| Ok(store.write(all)?)));
        if !store.is_lost() {
            self.store = Some(store);
        }
        done.unwrap_or(Err(NotKept::NotDone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::checkpoint;
    use crate::store::value::values;
    use protocol::chain::Checkpoint;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[tokio::test]
    async fn work_that_others_were_in_the_way_of_is_done_again_and_counts_once() {
        let dir = tempfile::tempdir().expect("a folder");
        let address = Address::Sqlite(dir.path().join("store.db"));
        let mut store = address.open().expect("a store");
        let (writer, _) = Writer::start(&address);
        let tries = AtomicU64::new(0);
        let work = move |door: &Door<'_>| {
            let seq = tries.fetch_add(1, Ordering::SeqCst);
            note(door, seq)?;
            if seq < 3 { Err(Fault::Postgres { said: "40001".to_owned(), again: true }) } else { Ok(seq) }
        };
        assert_eq!(writer.write("H56.14", work).await.expect("kept"), 3);
        assert_eq!(numbers(&mut store), [3]);
    }

    /// Writes something that can be counted.
    fn note(door: &Door<'_>, seq: u64) -> Result<(), Fault> {
        checkpoint::keep(door, "H56.14", &Checkpoint { replica: 1, seq, head: [0; 32], signature: [0; 64] })
    }

    fn numbers(store: &mut Store) -> Vec<u64> {
        let sql = "SELECT seq FROM checkpoint WHERE agency = $1 ORDER BY seq";
        let rows = store.read(|reader| reader.query(sql, &values!["H56.14"])).expect("rows");
        rows.into_iter().map(|mut row| row.take().expect("a number")).collect()
    }

    #[tokio::test]
    async fn a_failed_or_faulty_piece_of_work_is_undone_alone() {
        let dir = tempfile::tempdir().expect("a folder");
        let address = Address::Sqlite(dir.path().join("store.db"));
        let mut store = address.open().expect("a store");
        let (writer, threads) = Writer::start(&address);
        let failing = move |door: &Door<'_>| {
            note(door, 2)?;
            door.execute("INSERT INTO nowhere (n) VALUES (1)", &[])
        };
        let faulty = move |door: &Door<'_>| -> Result<(), Fault> {
            note(door, 3)?;
            panic!("a fault that is meant");
        };
        let (first, second, third, fourth) = tokio::join!(
            writer.write("H56.14", move |door| note(door, 1)),
            writer.write("H56.14", failing),
            writer.write("H56.14", faulty),
            writer.write("H56.14", move |door| note(door, 4)),
        );
        assert!(first.is_ok() && fourth.is_ok());
        assert!(matches!(second, Err(NotKept::Store(_))) && matches!(third, Err(NotKept::NotDone)));
        assert_eq!(numbers(&mut store), [1, 4]);
        assert!(writer.is_alive());
        drop(writer);
        threads.into_iter().for_each(|thread| thread.join().expect("the thread ends"));
    }
}
