//! One desk's engine: its store, card reading, printing, replication, and `api`, the use cases that every face of the product calls.
//! It must not contain rules of the office (they are `domain`'s) nor know a window, a web server or PostgreSQL.

pub mod api;
pub mod catalogue;
pub mod error;
pub mod identity;
pub mod keys;
pub mod place;
pub mod print;
pub mod scan;
pub mod store;
pub mod sync;
pub mod texts;
