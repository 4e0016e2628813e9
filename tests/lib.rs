//! What the tests of the whole product share: a province with its hub, desks with names, a clock that is pushed and links
//! that can be cut. It must not contain stand-ins for parts of our own; every desk and every hub here is the real one.
#![expect(clippy::expect_used, reason = "a test that meets what it does not expect has failed")]

pub mod sim;
pub mod support;
