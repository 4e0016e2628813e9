//! What leaves the machine: operations as bytes, chains and checkpoints over them, frames and messages, with numbered fields.
//! It must not contain input or output, nor rules of the office; whatever is written here once is read for ever.

pub mod bundle;
mod carried;
pub mod chain;
pub mod enrolment;
pub mod fields;
pub mod frame;
pub mod link;
pub mod message;
pub mod op;
pub mod roster;
pub mod wire;
