//! An adaptive binary range coder (after the one of LZMA): each decision costs what it surprises, and what was seen often
//! costs next to nothing. The packer of texts beside it knows long repetitions; this knows how the places of operations are
//! filled.

use std::sync::Arc;

/// Probabilities are in parts of this.
const WHOLE: u32 = 1 << 15;
/// Neither outcome is ever held for impossible.
const LEAST: u32 = 24;
/// After so many decisions a probability follows new ones no slower.
const SLOWEST: u8 = 90;

/// How likely a zero is.
#[derive(Debug, Clone, Copy)]
struct Chance {
    zero: u16,
    seen: u8,
}

impl Chance {
    const NEW: Self = Self { zero: (WHOLE / 2) as u16, seen: 0 };

    fn learn(&mut self, bit: bool) {
        let (zero, pace) = (i32::from(self.zero), 65_536 * 2 / (2 * i32::from(self.seen) + 3));
        let aim = if bit { 0 } else { WHOLE as i32 };
        let next = zero + (((aim - zero) * pace) >> 16);
        self.zero = next.clamp(LEAST as i32, (WHOLE - LEAST) as i32) as u16;
        self.seen = (self.seen + 1).min(SLOWEST);
    }
}

/// How likely each byte is at some place: a tree of eight decisions. Shared with what it was cloned from until it learns: a
/// hub with hundreds of open connections holds most of them once.
#[derive(Debug, Clone)]
pub struct Model(Arc<[Chance; 256]>);

impl Default for Model {
    fn default() -> Self {
        Self(Arc::new([Chance::NEW; 256]))
    }
}

/// Writes.
#[derive(Debug)]
pub struct Encoder {
    low: u64,
    range: u32,
    held: u8,
    held_count: u64,
    out: Vec<u8>,
}

impl Default for Encoder {
    fn default() -> Self {
        Self { low: 0, range: u32::MAX, held: 0, held_count: 1, out: Vec::new() }
    }
}

impl Encoder {
    /// A byte, as likely as the model has it.
    pub fn byte(&mut self, model: &mut Model, byte: u8) {
        let chances = Arc::make_mut(&mut model.0);
        let mut node = 1usize;
        for place in (0..8).rev() {
            let bit = byte >> place & 1 == 1;
            if let Some(chance) = chances.get_mut(node) {
                self.decision(chance, bit);
            }
            node = node << 1 | usize::from(bit);
        }
    }

    /// Bits of which either value is as likely.
    pub fn bits(&mut self, value: u64, count: u32) {
        for place in (0..count).rev() {
            self.range >>= 1;
            if value >> place & 1 == 1 {
                self.low += u64::from(self.range);
            }
            self.normalise();
        }
    }

    fn decision(&mut self, chance: &mut Chance, bit: bool) {
        let bound = (self.range >> 15) * u32::from(chance.zero);
        if bit {
            self.low += u64::from(bound);
            self.range -= bound;
        } else {
            self.range = bound;
        }
        chance.learn(bit);
        self.normalise();
    }

    fn normalise(&mut self) {
        while self.range < 1 << 24 {
            self.range <<= 8;
            self.shift();
        }
    }

    fn shift(&mut self) {
        if self.low < 0xff00_0000 || self.low > 0xffff_ffff {
            let carry = (self.low >> 32) as u8;
            let mut byte = self.held;
            for _ in 0..self.held_count {
                self.out.push(byte.wrapping_add(carry));
                byte = 0xff;
            }
            self.held_count = 0;
            self.held = (self.low >> 24) as u8;
        }
        self.held_count += 1;
        self.low = (self.low & 0x00ff_ffff) << 8;
    }

    /// The bytes. Zeros at the end are left away; the reader thinks them.
    pub fn finish(mut self) -> Vec<u8> {
        // Any value of the last range will do: the one that ends in most zeros.
        let most = self.low + u64::from(self.range) - 1;
        self.low = (0..=32).rev().map(|zeros| most >> zeros << zeros).find(|value| *value >= self.low).unwrap_or(most);
        for _ in 0..5 {
            self.shift();
        }
        // The first byte is always zero.
        let mut out = self.out.split_off(1);
        while out.last() == Some(&0) {
            out.pop();
        }
        out
    }
}

/// Reads what an [`Encoder`] wrote. Of other bytes it reads something, never past a bound.
#[derive(Debug)]
pub struct Decoder<'b> {
    bytes: &'b [u8],
    range: u32,
    code: u32,
    /// Zeros that were thought past the end.
    past: usize,
}

impl<'b> Decoder<'b> {
    /// From the first byte.
    pub fn new(bytes: &'b [u8]) -> Self {
        let mut decoder = Self { bytes, range: u32::MAX, code: 0, past: 0 };
        for _ in 0..4 {
            decoder.code = decoder.code << 8 | decoder.next();
        }
        decoder
    }

    /// The next byte.
    pub fn byte(&mut self, model: &mut Model) -> u8 {
        let chances = Arc::make_mut(&mut model.0);
        let mut node = 1usize;
        while node < 256 {
            let bit = chances.get_mut(node).is_some_and(|chance| self.decision(chance));
            node = node << 1 | usize::from(bit);
        }
        (node & 0xff) as u8
    }

    /// The next bits.
    pub fn bits(&mut self, count: u32) -> u64 {
        let mut value = 0;
        for _ in 0..count {
            self.range >>= 1;
            let bit = self.code >= self.range;
            if bit {
                self.code -= self.range;
            }
            value = value << 1 | u64::from(bit);
            self.normalise();
        }
        value
    }

    /// Whether more was asked for than was written.
    pub fn is_past_the_end(&self) -> bool {
        // Up to four bytes are read ahead, and zeros at the end were left away.
        self.past > 64
    }

    fn decision(&mut self, chance: &mut Chance) -> bool {
        let bound = (self.range >> 15) * u32::from(chance.zero);
        let bit = self.code >= bound;
        if bit {
            self.code -= bound;
            self.range -= bound;
        } else {
            self.range = bound;
        }
        chance.learn(bit);
        self.normalise();
        bit
    }

    fn normalise(&mut self) {
        while self.range < 1 << 24 {
            self.range <<= 8;
            self.code = self.code << 8 | self.next();
        }
    }

    fn next(&mut self) -> u32 {
        match self.bytes.split_first() {
            Some((first, rest)) => {
                self.bytes = rest;
                u32::from(*first)
            }
            None => {
                self.past += 1;
                0
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(values in prop::collection::vec((any::<u8>(), any::<u64>(), 0u32..=64), 0..300)) {
            let (mut encoder, mut model) = (Encoder::default(), Model::default());
            for (byte, bits, count) in &values {
                encoder.byte(&mut model, byte % 7);
                encoder.bits(*bits, *count);
            }
            let bytes = encoder.finish();
            let (mut decoder, mut model) = (Decoder::new(&bytes), Model::default());
            for (byte, bits, count) in &values {
                prop_assert_eq!(decoder.byte(&mut model), byte % 7);
                let mask = if *count == 64 { u64::MAX } else { (1 << count) - 1 };
                prop_assert_eq!(decoder.bits(*count), bits & mask);
            }
            prop_assert!(!decoder.is_past_the_end());
        }
    }

    #[test]
    fn what_is_always_so_costs_nothing() {
        let (mut encoder, mut model) = (Encoder::default(), Model::default());
        for _ in 0..10_000 {
            encoder.byte(&mut model, 42);
        }
        assert!(encoder.finish().len() < 40);
    }
}
