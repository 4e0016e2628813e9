//! Those who read while the hub serves.

use super::{Address, Fault, Purpose, Reader, Store};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How many read at once; the others wait. A server gives its connections to several hubs.
const AT_ONCE: usize = 8;

/// Connections that only read.
pub struct Readers {
    address: Address,
    idle: Mutex<Idle>,
    returned: Condvar,
}

#[derive(Default)]
struct Idle {
    stores: Vec<Store>,
    lent: usize,
}

impl Readers {
    /// Readers of a store that is there.
    pub fn new(address: Address) -> Self {
        Self { address, idle: Mutex::default(), returned: Condvar::new() }
    }

    /// Reads one consistent state.
    pub fn read<T, E: From<Fault>>(&self, reading: impl Fn(&Reader<'_>) -> Result<T, E>) -> Result<T, E> {
        self.with(|store| store.read(&reading))
    }

    /// Reads with one statement.
    pub fn glance<T, E: From<Fault>>(&self, reading: impl Fn(&Reader<'_>) -> Result<T, E>) -> Result<T, E> {
        self.with(|store| store.glance(&reading))
    }

    /// A connection that was lost while nobody used it is replaced, and the reading done again.
    fn with<T, E: From<Fault>>(&self, reading: impl Fn(&mut Store) -> Result<T, E>) -> Result<T, E> {
        let mut lent = self.borrow();
        loop {
            let (mut store, is_new) = match lent.store.take() {
                Some(store) => (store, false),
                None => (self.address.open_another(Purpose::Reading)?, true),
            };
            let result = reading(&mut store);
            if !store.is_lost() {
                lent.store = Some(store);
                return result;
            }
            if is_new {
                return result;
            }
        }
    }

    fn borrow(&self) -> Lent<'_> {
        let mut idle = self.lock();
        while idle.lent >= AT_ONCE {
            idle = self.returned.wait(idle).unwrap_or_else(PoisonError::into_inner);
        }
        idle.lent += 1;
        Lent { readers: self, store: idle.stores.pop() }
    }

    fn lock(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leave to read, with a connection where one was idle; given back however the reading ends.
struct Lent<'a> {
    readers: &'a Readers,
    store: Option<Store>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut idle = self.readers.lock();
        idle.lent -= 1;
        idle.stores.extend(self.store.take());
        self.readers.returned.notify_one();
    }
}
