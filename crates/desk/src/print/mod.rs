//! Papers: the receipt and the other forms as PDF, the same PDF as a picture, and the system's printers.
//!
//! A paper is laid out on pages (`layout`) with the faces that ship inside (`face`), then written as a file (`pdf`). The
//! preview on the screen, the picture in a test and the sheet in the printer are all made from that one file.

mod codes;
mod face;
pub mod facts;
pub mod form;
mod form01;
#[cfg(test)]
mod form_tests;
mod layout;
pub mod payment;
mod pdf;
pub mod picture;
pub mod printers;
pub mod receipt;
mod sheet;
pub mod template;
#[cfg(test)]
mod tests;
pub mod workbook;

/// One millimetre in points.
const MM: f32 = 72.0 / 25.4;
