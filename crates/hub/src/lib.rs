//! The province's server: it enrols desks, takes their operations in, passes them on, and holds them durably.
//! It must not contain Tauri, printing or the desk's rules, nor change an operation that was acknowledged.

mod admin;
mod alone;
mod bundle;
mod certificate;
mod clock;
mod conversation;
mod effects;
mod enrolment;
mod error;
mod forgetting;
mod http;
mod hub;
mod line;
mod place;
mod refusal;
mod replication;
mod restoration;
mod roster;
mod scans;
mod server;
mod store;
mod times;
mod tls;
mod writer;

pub use admin::{
    DeskLine, DeskState, DossierLine, Revocation, Written, add_desk, add_volunteers_desk, back_up, desks, dossiers,
    revoke_desk, written,
};
pub use alone::{Alone, Call};
pub use bundle::{Carrying, carry_in};
pub use clock::{Clock, system_clock};
pub use error::{Error, Result};
pub use place::Place;
pub use refusal::{Refusal, SetAsideReason};
pub use restoration::{Status, restore, resume, status};
pub use server::{Config, Running, serve};
