//! Bits in a row: what no packing shortens (hashes, seeds, the last digits of numbers) stands here, beside the packed bytes
//! and not among them, where it would only spoil their statistics.

/// Bits that were written, the last byte filled up with zeros.
#[derive(Debug, Default, Clone)]
pub struct BitWriter {
    bytes: Vec<u8>,
    /// Bits of the last byte that are used; 0 where it is full or there is none.
    used: u32,
}

impl BitWriter {
    /// Appends the lowest `count` bits of `value`, highest first.
    pub fn put(&mut self, value: u64, count: u32) {
        for place in (0..count.min(64)).rev() {
            let bit = u8::from(value >> place & 1 == 1);
            match self.bytes.last_mut() {
                Some(last) if self.used > 0 => *last |= bit << (7 - self.used),
                _ => self.bytes.push(bit << 7),
            }
            self.used = (self.used + 1) % 8;
        }
    }

    /// Appends whole bytes.
    pub fn put_bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.put(u64::from(*byte), 8);
        }
    }

    /// Appends all bits of another row.
    pub fn put_all(&mut self, other: &BitWriter) {
        if self.used == 0 {
            self.bytes.extend_from_slice(&other.bytes);
            self.used = other.used;
            return;
        }
        for (place, byte) in other.bytes.iter().enumerate() {
            let last = place + 1 == other.bytes.len() && other.used > 0;
            let count = if last { other.used } else { 8 };
            self.put(u64::from(byte >> (8 - count)), count);
        }
    }

    /// The bytes.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// Reads what a [`BitWriter`] wrote.
#[derive(Debug)]
pub struct BitReader<'b> {
    bytes: &'b [u8],
    next: usize,
}

impl<'b> BitReader<'b> {
    /// From the first bit.
    pub fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, next: 0 }
    }

    /// The next `count` bits; `None` past the end.
    pub fn take(&mut self, count: u32) -> Option<u64> {
        let mut value = 0;
        for _ in 0..count {
            let byte = *self.bytes.get(self.next / 8)?;
            value = value << 1 | u64::from(byte >> (7 - self.next % 8) & 1);
            self.next += 1;
        }
        Some(value)
    }

    /// The next `count` bytes; `None` past the end.
    pub fn take_bytes(&mut self, count: usize) -> Option<Vec<u8>> {
        // Looked at before anything is reserved: a claimed length costs nothing.
        if self.bytes.len().saturating_mul(8).saturating_sub(self.next) < count.saturating_mul(8) {
            return None;
        }
        (0..count).map(|_| self.take(8).and_then(|byte| u8::try_from(byte).ok())).collect()
    }

    /// Whether nothing but the filling of the last byte is left.
    pub fn is_at_end(&self) -> bool {
        self.next.div_ceil(8) == self.bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut first = BitWriter::default();
        first.put(0b101, 3);
        let mut second = BitWriter::default();
        second.put_bytes(b"ab");
        second.put(u64::MAX, 64);
        second.put(1, 2);
        first.put_all(&second);
        let bytes = first.finish();
        assert_eq!(bytes.len(), (3usize + 16 + 64 + 2).div_ceil(8));
        let mut reader = BitReader::new(&bytes);
        assert_eq!(reader.take(3), Some(0b101));
        assert_eq!(reader.take_bytes(2).as_deref(), Some(&b"ab"[..]));
        assert_eq!((reader.take(64), reader.take(2)), (Some(u64::MAX), Some(1)));
        assert!(reader.is_at_end());
        assert_eq!(reader.take(8), None);
        assert_eq!(BitReader::new(b"x").take_bytes(usize::MAX), None);
    }
}
