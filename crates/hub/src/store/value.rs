//! Values on their way into the store and rows on their way out: whole numbers, texts and bytes are all it holds.

use super::{Fault, column, number};

/// A value for a statement's `$1`, `$2`, …
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// A whole number; also yes (1) and no (0).
    Int(i64),
    /// A text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// Values of any kind, in the order of their numbers.
macro_rules! values {
    ($($value:expr),* $(,)?) => { [$($crate::store::value::Value::from($value)),*] };
}
pub(crate) use values;

impl From<u64> for Value<'_> {
    fn from(value: u64) -> Self {
        Self::Int(column(value))
    }
}

impl From<usize> for Value<'_> {
    fn from(value: usize) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

macro_rules! small_numbers {
    ($($kind:ty),*) => { $(impl From<$kind> for Value<'_> {
        fn from(value: $kind) -> Self {
            Self::Int(value.into())
        }
    })* };
}
small_numbers!(u32, u16, u8, bool);

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Bytes(value)
    }
}

impl<'a> From<&'a Vec<u8>> for Value<'a> {
    fn from(value: &'a Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Self::Bytes(value)
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// What stands in one column of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// No value.
    Null,
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl<'a> From<&'a Cell> for Value<'a> {
    fn from(cell: &'a Cell) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Int(value) => Self::Int(*value),
            Cell::Text(value) => Self::Text(value),
            Cell::Bytes(value) => Self::Bytes(value),
        }
    }
}

/// A row, taken apart from left to right.
#[derive(Debug)]
pub struct Row(std::vec::IntoIter<Cell>);

impl Row {
    /// The next column.
    ///
    /// # Errors
    /// The row has no further column, or it holds something else than a `T`.
    pub fn take<T: Held>(&mut self) -> Result<T, Fault> {
        self.0.next().and_then(T::from_cell).ok_or(Fault::Column)
    }

    /// What is left of it.
    pub fn cells(self) -> Vec<Cell> {
        self.0.collect()
    }
}

impl From<Vec<Cell>> for Row {
    fn from(cells: Vec<Cell>) -> Self {
        Self(cells.into_iter())
    }
}

/// What a column can hold.
pub trait Held: Sized {
    /// The value in a cell; `None` where something else is in it.
    fn from_cell(cell: Cell) -> Option<Self>;
}

impl Held for u64 {
    fn from_cell(cell: Cell) -> Option<Self> {
        if let Cell::Int(value) = cell { Some(number(value)) } else { None }
    }
}

macro_rules! held_small_numbers {
    ($($kind:ty),*) => { $(impl Held for $kind {
        fn from_cell(cell: Cell) -> Option<Self> {
            if let Cell::Int(value) = cell { value.try_into().ok() } else { None }
        }
    })* };
}
held_small_numbers!(u32, u8);

impl Held for bool {
    fn from_cell(cell: Cell) -> Option<Self> {
        if let Cell::Int(value) = cell { Some(value != 0) } else { None }
    }
}

impl Held for String {
    fn from_cell(cell: Cell) -> Option<Self> {
        if let Cell::Text(value) = cell { Some(value) } else { None }
    }
}

impl Held for Vec<u8> {
    fn from_cell(cell: Cell) -> Option<Self> {
        if let Cell::Bytes(value) = cell { Some(value) } else { None }
    }
}

impl<const N: usize> Held for [u8; N] {
    fn from_cell(cell: Cell) -> Option<Self> {
        if let Cell::Bytes(value) = cell { value.try_into().ok() } else { None }
    }
}

impl<T: Held> Held for Option<T> {
    fn from_cell(cell: Cell) -> Option<Self> {
        if cell == Cell::Null { Some(None) } else { T::from_cell(cell).map(Some) }
    }
}
