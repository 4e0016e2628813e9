//! What the office knows: the rules of dossiers, cards, calendars and deadlines, as pure functions over values.
//! It must not contain input or output, a clock, randomness, or types whose shape is a promise to a file or a wire.

pub mod agency;
pub mod calendar;
pub mod card;
pub mod catalogue;
pub mod code;
pub mod deadline;
pub mod dossier;
pub mod find;
pub mod money;
pub mod not_received;
pub mod person;
pub mod text;
pub mod till;
