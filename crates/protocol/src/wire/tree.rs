//! An operation's CBOR as a shape and its leaves. Only CBOR that comes out the same byte for byte when it is written again is
//! taken apart; anything else travels as it is.

/// How deep a part may nest; deeper ones travel as they are.
const DEPTH: usize = 12;

/// A value without parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// Unsigned number.
    Uint(u64),
    /// Negative number, as CBOR counts them: -1 is 0.
    Nint(u64),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Text.
    Text(String),
}

/// Where a leaf stands: part, kind of operation, and the keys on the way. Places in lists do not count.
pub type Path = Vec<u8>;

const UINT: u8 = 0;
const NINT: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
/// Bytes that hold CBOR themselves.
const INSIDE: u8 = 6;
const FALSE: u8 = 7;
const TRUE: u8 = 8;
const NULL: u8 = 9;
/// In a path: the first and the second of two numbers that are an operation's identity.
pub const PAIR_FIRST: u8 = 0xfd;
pub const PAIR_SECOND: u8 = 0xfe;
/// In a path: an element of a list.
const ELEMENT: u8 = 0xff;

/// Takes CBOR apart: its shape, and its leaves in the order they stand. `None` where it is not the plain CBOR that
/// [`join`] would write again.
pub fn split(bytes: &[u8]) -> Option<(Vec<u8>, Vec<Leaf>)> {
    split_within(bytes, DEPTH)
}

fn split_within(bytes: &[u8], depth: usize) -> Option<(Vec<u8>, Vec<Leaf>)> {
    let mut splitter = Splitter { rest: bytes, shape: Vec::new(), leaves: Vec::new() };
    splitter.value(depth)?;
    let (shape, leaves) = (splitter.shape, splitter.leaves);
    let again = join(&mut &shape[..], &mut leaves.iter().cloned())?;
    (again == bytes).then_some((shape, leaves))
}

struct Splitter<'b> {
    rest: &'b [u8],
    shape: Vec<u8>,
    leaves: Vec<Leaf>,
}

impl Splitter<'_> {
    fn value(&mut self, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        let (major, number) = self.head()?;
        match major {
            0 => self.leaf(Leaf::Uint(number)),
            1 => self.leaf(Leaf::Nint(number)),
            2 => {
                let bytes = self.take(number)?.to_vec();
                // A map inside bytes: the fields of a kind stand in an operation like this.
                let map = bytes.first().is_some_and(|first| first >> 5 == MAP);
                match map.then(|| split_within(&bytes, depth)).flatten() {
                    Some((shape, leaves)) => {
                        self.shape.push(INSIDE);
                        self.shape.extend(shape);
                        self.leaves.extend(leaves);
                    }
                    None => self.leaf(Leaf::Bytes(bytes)),
                }
            }
            3 => {
                let text = String::from_utf8(self.take(number)?.to_vec()).ok()?;
                self.leaf(Leaf::Text(text));
            }
            4 => {
                self.shape.push(ARRAY);
                put_number(&mut self.shape, number);
                for _ in 0..number {
                    self.value(depth)?;
                }
            }
            5 => {
                self.shape.push(MAP);
                put_number(&mut self.shape, number);
                for _ in 0..number {
                    let (0, key) = self.head()? else { return None };
                    put_number(&mut self.shape, key);
                    self.value(depth)?;
                }
            }
            7 => self.shape.push(match number {
                20 => FALSE,
                21 => TRUE,
                22 => NULL,
                _ => return None,
            }),
            _ => return None,
        }
        Some(())
    }

    fn leaf(&mut self, leaf: Leaf) {
        self.shape.push(kind_of(&leaf));
        self.leaves.push(leaf);
    }

    fn head(&mut self) -> Option<(u8, u64)> {
        let first = *self.take(1)?.first()?;
        let (major, short) = (first >> 5, first & 31);
        let number = match short {
            0..=23 => u64::from(short),
            24..=27 => {
                let bytes = self.take(1 << (short - 24))?;
                bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
            }
            _ => return None,
        };
        Some((major, number))
    }

    fn take(&mut self, count: u64) -> Option<&[u8]> {
        let (taken, rest) = self.rest.split_at_checked(usize::try_from(count).ok()?)?;
        self.rest = rest;
        Some(taken)
    }
}

/// Writes CBOR from a shape and its leaves; what is left of `shape` stands after it. `None` where they do not fit.
pub fn join(shape: &mut &[u8], leaves: &mut dyn Iterator<Item = Leaf>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    join_into(shape, leaves, &mut bytes, DEPTH)?;
    Some(bytes)
}

fn join_into(
    shape: &mut &[u8],
    leaves: &mut dyn Iterator<Item = Leaf>,
    bytes: &mut Vec<u8>,
    depth: usize,
) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    match take_byte(shape)? {
        UINT | NINT | BYTES | TEXT => match leaves.next()? {
            Leaf::Uint(number) => head(bytes, 0, number),
            Leaf::Nint(number) => head(bytes, 1, number),
            Leaf::Bytes(inside) => put_bytes(bytes, 2, &inside),
            Leaf::Text(text) => put_bytes(bytes, 3, text.as_bytes()),
        },
        ARRAY => {
            let count = take_number(shape)?;
            head(bytes, 4, count);
            for _ in 0..count {
                join_into(shape, leaves, bytes, depth)?;
            }
        }
        MAP => {
            let count = take_number(shape)?;
            head(bytes, 5, count);
            for _ in 0..count {
                head(bytes, 0, take_number(shape)?);
                join_into(shape, leaves, bytes, depth)?;
            }
        }
        INSIDE => {
            let mut inside = Vec::new();
            join_into(shape, leaves, &mut inside, depth)?;
            put_bytes(bytes, 2, &inside);
        }
        FALSE => bytes.push(0xf4),
        TRUE => bytes.push(0xf5),
        NULL => bytes.push(0xf6),
        _ => return None,
    }
    Some(())
}

/// The paths of a shape's leaves, and which kind of leaf stands there (see [`kind_of`]). `None` for what is no shape, or one
/// of more than `most` leaves.
pub fn paths(shape: &[u8], root: &[u8], most: usize) -> Option<Vec<(Path, u8)>> {
    let (mut found, mut rest) = (Vec::new(), shape);
    walk(&mut rest, &mut root.to_vec(), &mut found, most, DEPTH)?;
    rest.is_empty().then_some(found)
}

fn walk(shape: &mut &[u8], path: &mut Path, found: &mut Vec<(Path, u8)>, most: usize, depth: usize) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    match take_byte(shape)? {
        leaf @ (UINT | NINT | BYTES | TEXT) => {
            if found.len() >= most {
                return None;
            }
            found.push((path.clone(), leaf));
        }
        ARRAY => {
            let count = take_number(shape)?;
            // Two numbers are an operation's identity, and mean two things; other lists are of one kind of thing.
            let pair = count == 2 && shape.starts_with(&[UINT, UINT]);
            for place in 0..count {
                path.push(match (pair, place) {
                    (false, _) => ELEMENT,
                    (true, 0) => PAIR_FIRST,
                    (true, _) => PAIR_SECOND,
                });
                walk(shape, path, found, most, depth)?;
                path.pop();
            }
        }
        MAP => {
            for _ in 0..take_number(shape)? {
                let key = take_number(shape)?;
                path.push(u8::try_from(key).ok().filter(|key| *key < PAIR_FIRST)?);
                walk(shape, path, found, most, depth)?;
                path.pop();
            }
        }
        INSIDE => walk(shape, path, found, most, depth)?,
        FALSE | TRUE | NULL => {}
        _ => return None,
    }
    Some(())
}

/// Passes over one whole shape.
pub fn skip(shape: &mut &[u8]) -> Option<()> {
    walk(shape, &mut Path::new(), &mut Vec::new(), usize::MAX, DEPTH)
}

/// The kind of a leaf, as it stands in a shape.
pub fn kind_of(leaf: &Leaf) -> u8 {
    match leaf {
        Leaf::Uint(_) => UINT,
        Leaf::Nint(_) => NINT,
        Leaf::Bytes(_) => BYTES,
        Leaf::Text(_) => TEXT,
    }
}

/// A leaf of a kind made from a number, for numbers.
pub fn number_leaf(kind: u8, number: u64) -> Leaf {
    if kind == NINT { Leaf::Nint(number) } else { Leaf::Uint(number) }
}

/// Whether leaves of this kind are numbers.
pub fn is_number(kind: u8) -> bool {
    matches!(kind, UINT | NINT)
}

/// Whether leaves of this kind are texts.
pub fn is_text(kind: u8) -> bool {
    kind == TEXT
}

/// Seven bits a byte, lowest first.
pub fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number > 127 {
        out.push((number & 127) as u8 | 128);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Reads what [`put_number`] wrote; `None` past the end or past 64 bits.
pub fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = take_byte(bytes)?;
        let part = u64::from(byte & 127);
        if shift == 63 && part > 1 {
            return None;
        }
        number |= part << shift;
        if byte < 128 {
            return Some(number);
        }
    }
    None
}

/// The next byte.
pub fn take_byte(bytes: &mut &[u8]) -> Option<u8> {
    let (first, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(*first)
}

fn put_bytes(out: &mut Vec<u8>, major: u8, bytes: &[u8]) {
    head(out, major, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

fn head(out: &mut Vec<u8>, major: u8, number: u64) {
    let first = major << 5;
    match number {
        0..=23 => out.push(first | number as u8),
        24..=0xff => out.extend([first | 24, number as u8]),
        0x100..=0xffff => {
            out.push(first | 25);
            out.extend((number as u16).to_be_bytes());
        }
        0x1_0000..=0xffff_ffff => {
            out.push(first | 26);
            out.extend((number as u32).to_be_bytes());
        }
        _ => {
            out.push(first | 27);
            out.extend(number.to_be_bytes());
        }
    }
}
