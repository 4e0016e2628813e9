//! One column: the values that stand at the same place of many operations, one after the other. Most are like one that went
//! by before, and say so in a symbol; what is left are digits, letters, and long texts for the packer.

use super::coder::{Decoder, Encoder, Model};
use super::tree::{Leaf, is_number, is_text, number_leaf};
use crate::op::MAX_PART;
use jiff::civil::{Date, DateTime, date};
use jiff::tz::Offset;
use std::collections::BTreeMap;

/// Texts longer than this are the packer's, which knows the texts that ship; shorter ones are told letter by letter.
const SHORT: usize = 14;

/// Numbers below this are a symbol of their own; above, their length in bits is, and the rest follows.
const SMALL: u64 = 64;
const LENGTH: u8 = 64;
/// First symbol of a number that went by before, and how many are remembered.
const AGAIN_NUMBER: u8 = 128;
const NUMBERS: usize = 126;
/// A number in all its 64 bits.
const WHOLE: u8 = 255;

/// Symbols of texts.
mod text {
    /// Short: length, letters.
    pub const SHORT: u8 = 0;
    /// Long: length; the packer has it.
    pub const LONG: u8 = 1;
    /// The text before, its last digits counted on.
    pub const COUNTED_ON: u8 = 2;
    /// A moment at the operation's own time of day, days after it.
    pub const SAME_TIME: u8 = 3;
    /// A moment at the operation's own second, days after it.
    pub const SAME_SECOND: u8 = 4;
    /// A moment: days after the operation, minute of the day.
    pub const MINUTE: u8 = 5;
    /// A moment: days after the operation, millisecond of the day.
    pub const MILLISECOND: u8 = 6;
    /// A day.
    pub const DAY: u8 = 7;
    /// Six digits at the end.
    pub const DIGITS: u8 = 8;
    /// Words.
    pub const WORDS: u8 = 9;
    /// From here on: one that went by before.
    pub const AGAIN: u8 = 10;
}

/// How many texts and words are remembered.
const TEXTS: usize = 245;
const WORDS: usize = 254;

/// What the models of a column are for.
mod model {
    pub const VALUE: u16 = 0;
    pub const NUMBER: u16 = 0x100;
    pub const DAYS: u16 = 0x200;
    pub const COUNT: u16 = 0x300;
    pub const WORD: u16 = 0x400;
    /// With the letter before.
    pub const LETTER: u16 = 0x500;
}

const DAY_MS: i64 = 24 * 3_600_000;
/// The office's clock is seven hours ahead of UTC.
const OFFICE_MS: i64 = 7 * 3_600_000;

/// What a value is told beside: the moment of its operation, milliseconds since 1970, and a small number that says what it is
/// likely to be.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside {
    /// The moment.
    pub ms: u64,
    /// The small number.
    pub hint: u8,
}

/// Different values, each with a number that it keeps until it is the one that was not met for longest.
#[derive(Debug, Clone)]
pub struct Known<T> {
    values: Vec<(T, u64)>,
    met: u64,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self { values: Vec::new(), met: 0 }
    }
}

impl<T: Clone + PartialEq> Known<T> {
    /// Its number, where it is known. It is from now on.
    pub fn meet(&mut self, value: &T, most: usize) -> Option<u8> {
        self.met += 1;
        if let Some(place) = self.values.iter().position(|(known, _)| known == value) {
            self.values.get_mut(place)?.1 = self.met;
            return u8::try_from(place).ok();
        }
        if self.values.len() < most {
            self.values.push((value.clone(), self.met));
        } else if let Some(oldest) = self.values.iter_mut().min_by_key(|(_, met)| *met) {
            *oldest = (value.clone(), self.met);
        }
        None
    }

    /// The value with this number.
    pub fn recall(&mut self, number: u8) -> Option<T> {
        self.met += 1;
        let known = self.values.get_mut(usize::from(number))?;
        known.1 = self.met;
        Some(known.0.clone())
    }

    fn holds(&self, value: &T) -> bool {
        self.values.iter().any(|(known, _)| known == value)
    }
}

/// What a column remembers between values. Writer and reader keep the same.
#[derive(Debug, Default, Clone)]
pub struct Memory {
    texts: Known<String>,
    /// First words, last words, and those between.
    words: [Known<String>; 3],
    numbers: Known<u64>,
    last: String,
    /// Of texts without their last six digits. What it holds is not taken apart again.
    head: Option<Box<Memory>>,
    models: BTreeMap<u16, Model>,
}

/// Where values are written: the coder, and long texts for the packer.
#[derive(Default)]
pub struct Out {
    /// The coder.
    pub coder: Encoder,
    /// Long texts, one after the other.
    pub texts: Vec<u8>,
}

/// Where they are read.
pub struct In<'b> {
    /// The coder.
    pub coder: Decoder<'b>,
    /// Long texts that were not read yet.
    pub texts: &'b [u8],
}

impl Memory {
    fn put(&mut self, model: u16, symbol: u8, out: &mut Out) {
        out.coder.byte(self.models.entry(model).or_default(), symbol);
    }

    fn get(&mut self, model: u16, from: &mut In<'_>) -> u8 {
        from.coder.byte(self.models.entry(model).or_default())
    }

    /// Writes a number: a symbol, and where it is large the rest of its bits.
    pub fn put_number(&mut self, model: u16, number: u64, out: &mut Out) {
        if number < SMALL {
            self.put(model, number as u8, out);
        } else {
            let length = 64 - number.leading_zeros();
            self.put(model, LENGTH + (length - 7) as u8, out);
            out.coder.bits(number, length - 1);
        }
    }

    /// Writes a number in all its bits.
    pub fn put_whole(&mut self, model: u16, number: u64, out: &mut Out) {
        self.put(model, WHOLE, out);
        out.coder.bits(number, 64);
    }

    /// Reads a number; `Err` where it was written in all its bits.
    pub fn get_number(&mut self, model: u16, from: &mut In<'_>) -> Option<Result<u64, u64>> {
        let symbol = self.get(model, from);
        number_after(symbol, from)
    }

    fn number(&mut self, model: u16, from: &mut In<'_>) -> Option<u64> {
        self.get_number(model, from)?.ok()
    }

    /// Writes a value.
    pub fn write(&mut self, leaf: &Leaf, beside: Beside, out: &mut Out) {
        match leaf {
            Leaf::Uint(number) | Leaf::Nint(number) => self.write_number(*number, beside, out),
            Leaf::Text(text) => self.write_text(text, beside, true, out),
            Leaf::Bytes(bytes) => {
                self.put_number(model::COUNT, bytes.len() as u64, out);
                if bytes.len() > 64 {
                    out.texts.extend_from_slice(bytes);
                } else {
                    bytes.iter().for_each(|byte| out.coder.bits(u64::from(*byte), 8));
                }
            }
        }
    }

    /// Reads a value of this kind (`tree::kind_of`).
    pub fn read(&mut self, kind: u8, beside: Beside, from: &mut In<'_>) -> Option<Leaf> {
        if from.coder.is_past_the_end() {
            return None;
        }
        if is_number(kind) {
            return Some(number_leaf(kind, self.read_number(beside, from)?));
        }
        if is_text(kind) {
            return Some(Leaf::Text(self.read_text(beside, true, from)?));
        }
        let length = usize::try_from(self.number(model::COUNT, from)?).ok()?;
        if length > 64 {
            return Some(Leaf::Bytes(long(length, from)?));
        }
        Some(Leaf::Bytes((0..length).map(|_| from.coder.bits(8) as u8).collect()))
    }

    fn write_number(&mut self, number: u64, beside: Beside, out: &mut Out) {
        let model = model::VALUE | u16::from(beside.hint);
        match (number >= SMALL).then(|| self.numbers.meet(&number, NUMBERS)).flatten() {
            Some(known) => self.put(model, AGAIN_NUMBER + known, out),
            None => self.put_number(model, number, out),
        }
    }

    fn read_number(&mut self, beside: Beside, from: &mut In<'_>) -> Option<u64> {
        let symbol = self.get(model::VALUE | u16::from(beside.hint), from);
        if (AGAIN_NUMBER..WHOLE).contains(&symbol) {
            return self.numbers.recall(symbol - AGAIN_NUMBER);
        }
        let number = number_after(symbol, from)?.ok()?;
        if number >= SMALL {
            self.numbers.meet(&number, NUMBERS);
        }
        Some(number)
    }

    fn write_text(&mut self, text: &str, beside: Beside, whole: bool, out: &mut Out) {
        let (text, model) = (text.to_owned(), model::VALUE | u16::from(beside.hint));
        if let Some(known) = self.texts.meet(&text, TEXTS) {
            self.put(model, text::AGAIN + known, out);
        } else if let Some(steps) = counted_on(&self.last, &text) {
            self.put(model, text::COUNTED_ON, out);
            self.put_number(model::NUMBER, steps, out);
        } else if let Some(moment) = Moment::of(&text, beside) {
            self.put(model, moment.form, out);
            self.put_number(model::DAYS, zigzag(moment.days), out);
            if moment.has_time() {
                self.put_number(model::NUMBER, moment.time, out);
            }
        } else if let Some(days) = days_of(&text) {
            self.put(model, text::DAY, out);
            self.put_number(model::DAYS, days, out);
        } else if let Some((head, digits)) = six_digits(&text).filter(|_| whole) {
            self.put(model, text::DIGITS, out);
            out.coder.bits(digits, 20);
            self.head.get_or_insert_default().write_text(head, beside, false, out);
        } else {
            self.write_words(&text, model, out);
        }
        self.last = text;
    }

    fn read_text(&mut self, beside: Beside, whole: bool, from: &mut In<'_>) -> Option<String> {
        let symbol = self.get(model::VALUE | u16::from(beside.hint), from);
        if symbol >= text::AGAIN {
            self.last = self.texts.recall(symbol - text::AGAIN)?;
            return Some(self.last.clone());
        }
        let text = match symbol {
            text::SHORT | text::LONG => {
                let text = self.read_letters(symbol, from)?;
                self.learn(&text);
                text
            }
            text::COUNTED_ON => {
                let steps = self.number(model::NUMBER, from)?;
                count_on(&self.last, steps)?
            }
            text::SAME_TIME | text::SAME_SECOND | text::MINUTE | text::MILLISECOND => {
                let days = unzigzag(self.number(model::DAYS, from)?);
                let mut moment = Moment { form: symbol, days, time: 0 };
                if moment.has_time() {
                    moment.time = self.number(model::NUMBER, from)?;
                }
                moment.text(beside)?
            }
            text::DAY => day_text(self.number(model::DAYS, from)?)?,
            text::DIGITS if whole => {
                let digits = from.coder.bits(20);
                let head = self.head.get_or_insert_default().read_text(beside, false, from)?;
                format!("{head}{digits:06}")
            }
            text::WORDS => self.read_words(from)?,
            _ => return None,
        };
        self.texts.meet(&text, TEXTS);
        self.last.clone_from(&text);
        Some(text)
    }

    fn write_words(&mut self, text: &str, model: u16, out: &mut Out) {
        let words: Vec<&str> = text.split(' ').collect();
        let known = roles(&words).filter(|(role, word)| self.words.get(*role).is_some_and(|w| w.holds(word))).count();
        if words.len() < 2 || known * 2 < words.len() {
            self.put(model, if text.len() > SHORT { text::LONG } else { text::SHORT }, out);
            self.write_letters(text, out);
            self.learn(text);
            return;
        }
        self.put(model, text::WORDS, out);
        self.put_number(model::COUNT, words.len() as u64, out);
        for (role, word) in roles(&words) {
            let known = self.words.get_mut(role).and_then(|words| words.meet(&word, WORDS));
            self.put(model::WORD | role as u16, known.map_or(0, |known| known + 1), out);
            if known.is_none() {
                self.put(model::WORD | 3, u8::from(word.len() > SHORT), out);
                self.write_letters(&word, out);
            }
        }
    }

    fn read_words(&mut self, from: &mut In<'_>) -> Option<String> {
        let count = usize::try_from(self.number(model::COUNT, from)?).ok()?;
        let mut text = String::new();
        for place in 0..count {
            let role = role(place, count);
            let word = match self.get(model::WORD | role as u16, from).checked_sub(1) {
                Some(known) => self.words.get_mut(role)?.recall(known)?,
                None => {
                    let form = self.get(model::WORD | 3, from);
                    let word = self.read_letters(form, from)?;
                    self.words.get_mut(role)?.meet(&word, WORDS);
                    word
                }
            };
            if place > 0 {
                text.push(' ');
            }
            text.push_str(&word);
            // A word is recalled for a bit; a text of millions of them is nobody's.
            if text.len() > MAX_PART || from.coder.is_past_the_end() {
                return None;
            }
        }
        Some(text)
    }

    fn write_letters(&mut self, text: &str, out: &mut Out) {
        self.put_number(model::COUNT, text.len() as u64, out);
        if text.len() > SHORT {
            out.texts.extend_from_slice(text.as_bytes());
            return;
        }
        let mut before = 0;
        for byte in text.bytes() {
            self.put(model::LETTER | u16::from(before), byte, out);
            before = byte;
        }
    }

    fn read_letters(&mut self, form: u8, from: &mut In<'_>) -> Option<String> {
        let length = usize::try_from(self.number(model::COUNT, from)?).ok()?;
        if (length > SHORT) != (form == text::LONG) {
            return None;
        }
        if length > SHORT {
            return String::from_utf8(long(length, from)?).ok();
        }
        let mut bytes = Vec::new();
        let mut before = 0;
        for _ in 0..length {
            before = self.get(model::LETTER | u16::from(before), from);
            bytes.push(before);
        }
        String::from_utf8(bytes).ok()
    }

    fn learn(&mut self, text: &str) {
        let words: Vec<&str> = text.split(' ').collect();
        for (role, word) in roles(&words) {
            if let Some(words) = self.words.get_mut(role) {
                words.meet(&word, WORDS);
            }
        }
    }
}

fn number_after(symbol: u8, from: &mut In<'_>) -> Option<Result<u64, u64>> {
    match symbol {
        WHOLE => Some(Err(from.coder.bits(64))),
        symbol if u64::from(symbol) < SMALL => Some(Ok(u64::from(symbol))),
        symbol => {
            let length = u32::from(symbol - LENGTH) + 7;
            (length <= 64).then(|| Ok(1 << (length - 1) | from.coder.bits(length - 1)))
        }
    }
}

fn long(length: usize, from: &mut In<'_>) -> Option<Vec<u8>> {
    let (bytes, rest) = from.texts.split_at_checked(length)?;
    from.texts = rest;
    Some(bytes.to_vec())
}

fn zigzag(number: i64) -> u64 {
    (number << 1 ^ number >> 63) as u64
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// Words with what they are: 0 the first, 1 between, 2 the last.
fn roles<'w>(words: &'w [&str]) -> impl Iterator<Item = (usize, String)> + use<'w> {
    words.iter().enumerate().map(|(place, word)| (role(place, words.len()), (*word).to_owned()))
}

fn role(place: usize, count: usize) -> usize {
    match place {
        0 => 0,
        place if place + 1 == count => 2,
        _ => 1,
    }
}

/// A moment of civil time beside the operation's own.
struct Moment {
    form: u8,
    days: i64,
    time: u64,
}

impl Moment {
    fn of(text: &str, beside: Beside) -> Option<Self> {
        if text.len() < 19 || text.as_bytes().get(10) != Some(&b'T') {
            return None;
        }
        let moment = text.parse::<DateTime>().ok()?;
        let ms = Offset::UTC.to_timestamp(moment).ok()?.as_millisecond();
        let own = own_time(beside)?;
        let days = ms.div_euclid(DAY_MS) - own.div_euclid(DAY_MS);
        let (time, own_time) = (ms.rem_euclid(DAY_MS), own.rem_euclid(DAY_MS));
        let (form, time) = match time {
            time if time == own_time => (text::SAME_TIME, 0),
            time if time == own_time - own_time % 1000 => (text::SAME_SECOND, 0),
            time if time % 60_000 == 0 => (text::MINUTE, time / 60_000),
            time => (text::MILLISECOND, time),
        };
        let moment = Self { form, days, time: u64::try_from(time).ok()? };
        // What does not come out again (microseconds, say, or another way of writing it) is no such moment.
        (moment.text(beside).as_deref() == Some(text)).then_some(moment)
    }

    fn has_time(&self) -> bool {
        matches!(self.form, text::MINUTE | text::MILLISECOND)
    }

    fn text(&self, beside: Beside) -> Option<String> {
        let own = own_time(beside)?;
        let (time, own_time) = (i64::try_from(self.time).ok()?, own.rem_euclid(DAY_MS));
        let within = match self.form {
            text::SAME_TIME => own_time,
            text::SAME_SECOND => own_time - own_time % 1000,
            text::MINUTE => time.checked_mul(60_000)?,
            _ => time,
        };
        if within >= DAY_MS {
            return None;
        }
        let ms = own.div_euclid(DAY_MS).checked_add(self.days)?.checked_mul(DAY_MS)?.checked_add(within)?;
        let moment = jiff::Timestamp::from_millisecond(ms).ok()?;
        Some(Offset::UTC.to_datetime(moment).to_string())
    }
}

fn own_time(beside: Beside) -> Option<i64> {
    i64::try_from(beside.ms).ok()?.checked_add(OFFICE_MS)
}

/// Days are counted from the year most living people are born after.
const FIRST_DAY: Date = date(1930, 1, 1);

fn days_of(text: &str) -> Option<u64> {
    if text.len() != 10 {
        return None;
    }
    let day = text.parse::<Date>().ok().filter(|day| day.to_string() == text)?;
    Some(zigzag(day.since(FIRST_DAY).ok()?.get_days().into()))
}

fn day_text(days: u64) -> Option<String> {
    let span = jiff::Span::new().try_days(unzigzag(days)).ok()?;
    Some(FIRST_DAY.checked_add(span).ok()?.to_string())
}

/// A text that ends with six digits or more: what stands before the last six, and they.
fn six_digits(text: &str) -> Option<(&str, u64)> {
    let (head, digits) = text.split_at_checked(text.len().checked_sub(6)?)?;
    let all = digits.bytes().all(|byte| byte.is_ascii_digit());
    Some((head, digits.parse().ok().filter(|_| all)?))
}

/// How many digits at the end are counted on, at most.
const COUNTED_DIGITS: usize = 9;

fn last_digits(text: &str) -> (&str, &str) {
    let digits = text.bytes().rev().take(COUNTED_DIGITS).take_while(u8::is_ascii_digit).count();
    text.split_at_checked(text.len() - digits).unwrap_or((text, ""))
}

/// By how much the last digits of `text` go beyond those of `last`, where nothing else differs.
fn counted_on(last: &str, text: &str) -> Option<u64> {
    let ((last_head, from), (head, to)) = (last_digits(last), last_digits(text));
    if head != last_head || from.len() != to.len() || to.is_empty() {
        return None;
    }
    let steps = to.parse::<u64>().ok()?.checked_sub(from.parse().ok()?)?;
    // Farther away it is another number, which is said in fewer bits.
    (steps < SMALL).then_some(steps)
}

fn count_on(last: &str, steps: u64) -> Option<String> {
    let (head, digits) = last_digits(last);
    let number = digits.parse::<u64>().ok()?.checked_add(steps)?;
    let width = digits.len();
    Some(format!("{head}{number:0width$}"))
}
