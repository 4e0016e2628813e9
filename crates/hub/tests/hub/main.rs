//! The real hub, on a free port, spoken to as desks speak to it.

#[cfg(test)]
mod administration;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod both;
#[cfg(test)]
mod database;
#[cfg(test)]
mod enrolment;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod process;
#[cfg(test)]
mod replication;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod support;
#[cfg(test)]
mod two_hubs;
