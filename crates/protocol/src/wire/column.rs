//! One column: the values that stand at the same place of many operations, one after the other. Most are like one that went
//! by before, and say so in a byte; what is left is words for the packer and bits that nothing shortens.

use super::bits::{BitReader, BitWriter};
use super::tree::{Leaf, is_number, is_text, number_leaf, put_number, take_byte, take_number};
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// How many values and words a column remembers.
const REMEMBERED: usize = 112;
const WORDS: usize = 254;

/// Numbers below this are a byte of their own.
const SMALL: u64 = 64;
/// First byte of a number given by its length in bits, the rest of it among the bits.
const LENGTH: u8 = 64;
/// First byte of a number that went by before.
const AGAIN_NUMBER: u8 = 128;
/// A number in all its 64 bits.
const WHOLE: u8 = 255;

/// First bytes of a text.
mod text {
    /// Ends with a zero byte.
    pub const ENDED: u8 = 0;
    /// Begins with its length.
    pub const COUNTED: u8 = 1;
    /// The text before, its last digits counted on.
    pub const COUNTED_ON: u8 = 2;
    /// A moment at the operation's own time of day, days after it.
    pub const SAME_TIME: u8 = 3;
    /// A moment: days after the operation, minute of the day.
    pub const MINUTE: u8 = 4;
    /// A moment: days after the operation, millisecond of the day.
    pub const MILLISECOND: u8 = 5;
    /// A day.
    pub const DAY: u8 = 6;
    /// Six digits at the end.
    pub const DIGITS: u8 = 7;
    /// Words, most of which went by before.
    pub const WORDS: u8 = 8;
    /// A moment at the operation's own second, days after it.
    pub const SAME_SECOND: u8 = 9;
    /// From here on: one that went by before.
    pub const AGAIN: u8 = 16;
}

const DAY_MS: i64 = 24 * 3_600_000;
/// The office's clock is seven hours ahead of UTC.
const OFFICE_MS: i64 = 7 * 3_600_000;

/// What a value may be told by besides its column: the moment of its operation, milliseconds since 1970.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside {
    /// That moment.
    pub ms: u64,
}

/// What a column remembers between values. Writer and reader keep the same.
#[derive(Debug, Default)]
pub struct Memory {
    texts: Recent<String>,
    words: Recent<String>,
    numbers: Recent<u64>,
    last: String,
    /// Of texts without their last six digits. What it holds is not taken apart again.
    head: Option<Box<Memory>>,
}

/// The latest different values, the latest first.
#[derive(Debug)]
pub struct Recent<T>(Vec<T>);

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Clone + PartialEq> Recent<T> {
    /// Its place, where it is remembered; it is the latest now.
    pub fn meet(&mut self, value: &T, most: usize) -> Option<usize> {
        let place = self.0.iter().position(|known| known == value);
        match place {
            Some(place) => self.0.get_mut(..=place)?.rotate_right(1),
            None => {
                self.0.insert(0, value.clone());
                self.0.truncate(most);
            }
        }
        place
    }

    /// The value at a place; it is the latest now.
    pub fn recall(&mut self, place: usize) -> Option<T> {
        self.0.get_mut(..=place)?.rotate_right(1);
        self.0.first().cloned()
    }

    fn holds(&self, value: &T) -> bool {
        self.0.contains(value)
    }
}

/// A column while it is written.
#[derive(Debug, Default)]
pub struct Out {
    /// For the packer.
    pub plain: Vec<u8>,
    /// Beside it.
    pub bits: BitWriter,
}

/// Both streams while they are read.
pub struct In<'b> {
    /// What the packer held.
    pub plain: &'b [u8],
    /// What stood beside it.
    pub bits: BitReader<'b>,
}

impl Out {
    /// A number, small ones in one byte.
    pub fn number(&mut self, number: u64) {
        if number < SMALL {
            self.plain.push(number as u8);
        } else {
            let length = 64 - number.leading_zeros();
            self.plain.push(LENGTH + (length - 7) as u8);
            self.bits.put(number, length - 1);
        }
    }

    /// A number in all its bits.
    pub fn whole(&mut self, number: u64) {
        self.plain.push(WHOLE);
        self.bits.put(number, 64);
    }

    fn signed(&mut self, number: i64) {
        self.number((number << 1 ^ number >> 63) as u64);
    }
}

impl In<'_> {
    /// What [`Out::number`] or [`Out::whole`] wrote.
    pub fn number(&mut self) -> Option<u64> {
        let first = take_byte(&mut self.plain)?;
        self.number_after(first)
    }

    /// The same, telling apart which of the two it was: `Err` for a whole one.
    pub fn number_or_whole(&mut self) -> Option<Result<u64, u64>> {
        let first = take_byte(&mut self.plain)?;
        if first == WHOLE { self.bits.take(64).map(Err) } else { self.number_after(first).map(Ok) }
    }

    fn number_after(&mut self, first: u8) -> Option<u64> {
        match first {
            WHOLE => self.bits.take(64),
            first if u64::from(first) < SMALL => Some(u64::from(first)),
            first => {
                let length = u32::from(first - LENGTH) + 7;
                if length > 64 {
                    return None;
                }
                Some(1 << (length - 1) | self.bits.take(length - 1)?)
            }
        }
    }

    fn signed(&mut self) -> Option<i64> {
        let number = self.number()?;
        Some((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    fn ended(&mut self) -> Option<String> {
        let end = self.plain.iter().position(|byte| *byte == 0)?;
        let (text, rest) = self.plain.split_at_checked(end)?;
        let text = String::from_utf8(text.to_vec()).ok()?;
        self.plain = rest.get(1..)?;
        Some(text)
    }
}

impl Memory {
    /// Writes a value.
    pub fn write(&mut self, leaf: &Leaf, beside: Beside, out: &mut Out) {
        match leaf {
            Leaf::Uint(number) | Leaf::Nint(number) => self.write_number(*number, out),
            Leaf::Text(text) => self.write_text(text, beside, true, out),
            Leaf::Bytes(bytes) => {
                out.number(bytes.len() as u64);
                if bytes.len() > 64 { out.plain.extend_from_slice(bytes) } else { out.bits.put_bytes(bytes) }
            }
        }
    }

    /// Reads a value of this kind (`tree::kind_of`).
    pub fn read(&mut self, kind: u8, beside: Beside, from: &mut In<'_>) -> Option<Leaf> {
        if is_number(kind) {
            return Some(number_leaf(kind, self.read_number(from)?));
        }
        if is_text(kind) {
            return Some(Leaf::Text(self.read_text(beside, true, from)?));
        }
        let length = usize::try_from(from.number()?).ok()?;
        if length <= 64 {
            return Some(Leaf::Bytes(from.bits.take_bytes(length)?));
        }
        let (bytes, rest) = from.plain.split_at_checked(length)?;
        from.plain = rest;
        Some(Leaf::Bytes(bytes.to_vec()))
    }

    fn write_number(&mut self, number: u64, out: &mut Out) {
        match (number >= SMALL).then(|| self.numbers.meet(&number, REMEMBERED)).flatten() {
            Some(place) => out.plain.push(AGAIN_NUMBER + place as u8),
            None => out.number(number),
        }
    }

    fn read_number(&mut self, from: &mut In<'_>) -> Option<u64> {
        let first = take_byte(&mut from.plain)?;
        if (AGAIN_NUMBER..WHOLE).contains(&first) {
            return self.numbers.recall(usize::from(first - AGAIN_NUMBER));
        }
        let number = from.number_after(first)?;
        if number >= SMALL {
            self.numbers.meet(&number, REMEMBERED);
        }
        Some(number)
    }

    fn write_text(&mut self, text: &str, beside: Beside, whole: bool, out: &mut Out) {
        let text = text.to_owned();
        if let Some(place) = self.texts.meet(&text, REMEMBERED) {
            out.plain.push(text::AGAIN + place as u8);
        } else if let Some(steps) = counted_on(&self.last, &text) {
            out.plain.push(text::COUNTED_ON);
            out.number(steps);
        } else if let Some(moment) = Moment::of(&text, beside) {
            moment.write(out);
        } else if let Some(day) = day_of(&text) {
            out.plain.push(text::DAY);
            out.bits.put(day, DAY_BITS);
        } else if let Some((head, digits)) = six_digits(&text).filter(|_| whole) {
            out.plain.push(text::DIGITS);
            out.bits.put(digits, 20);
            self.head.get_or_insert_default().write_text(head, beside, false, out);
        } else {
            self.write_words(&text, out);
        }
        self.last = text;
    }

    fn write_words(&mut self, text: &str, out: &mut Out) {
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        let known = words.iter().filter(|word| self.words.holds(word)).count();
        let in_words = words.len() > 1 && known * 2 >= words.len() && !text.contains('\0');
        if in_words {
            out.plain.push(text::WORDS);
            out.number(words.len() as u64);
        } else if text.contains('\0') {
            out.plain.push(text::COUNTED);
            put_number(&mut out.plain, text.len() as u64);
            out.plain.extend_from_slice(text.as_bytes());
        } else {
            out.plain.push(text::ENDED);
            out.plain.extend_from_slice(text.as_bytes());
            out.plain.push(0);
        }
        for word in words {
            let place = self.words.meet(&word, WORDS);
            if in_words {
                match place {
                    Some(place) => out.plain.push(place as u8 + 1),
                    None => {
                        out.plain.push(0);
                        out.plain.extend_from_slice(word.as_bytes());
                        out.plain.push(0);
                    }
                }
            }
        }
    }

    fn read_text(&mut self, beside: Beside, whole: bool, from: &mut In<'_>) -> Option<String> {
        let first = take_byte(&mut from.plain)?;
        if first >= text::AGAIN {
            let text = self.texts.recall(usize::from(first - text::AGAIN))?;
            self.last.clone_from(&text);
            return Some(text);
        }
        let text = match first {
            text::ENDED => {
                let text = from.ended()?;
                self.learn(&text);
                text
            }
            text::COUNTED => {
                let length = usize::try_from(take_number(&mut from.plain)?).ok()?;
                let (text, rest) = from.plain.split_at_checked(length)?;
                from.plain = rest;
                let text = String::from_utf8(text.to_vec()).ok()?;
                self.learn(&text);
                text
            }
            text::COUNTED_ON => count_on(&self.last, from.number()?)?,
            text::SAME_TIME | text::SAME_SECOND | text::MINUTE | text::MILLISECOND => {
                Moment::read(first, from)?.text(beside)?
            }
            text::DAY => day_text(from.bits.take(DAY_BITS)?)?,
            text::DIGITS if whole => {
                let digits = from.bits.take(20)?;
                let head = self.head.get_or_insert_default().read_text(beside, false, from)?;
                format!("{head}{digits:06}")
            }
            text::WORDS => self.read_words(from)?,
            _ => return None,
        };
        self.texts.meet(&text, REMEMBERED);
        self.last.clone_from(&text);
        Some(text)
    }

    fn learn(&mut self, text: &str) {
        for word in text.split(' ') {
            self.words.meet(&word.to_owned(), WORDS);
        }
    }

    fn read_words(&mut self, from: &mut In<'_>) -> Option<String> {
        let mut text = String::new();
        for place in 0..from.number()? {
            if place > 0 {
                text.push(' ');
            }
            let first = take_byte(&mut from.plain)?;
            let word = match first.checked_sub(1) {
                Some(place) => self.words.recall(usize::from(place))?,
                None => {
                    let word = from.ended()?;
                    self.words.meet(&word, WORDS);
                    word
                }
            };
            text.push_str(&word);
            // A word may be recalled for a byte; a text of millions of them is nobody's.
            if text.len() > crate::op::MAX_PART {
                return None;
            }
        }
        Some(text)
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
        let moment = text.parse::<DateTime>().ok().filter(|moment| moment.to_string() == text)?;
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
        // What does not come out again (microseconds, say) is no such moment.
        (moment.text(beside).as_deref() == Some(text)).then_some(moment)
    }

    fn write(&self, out: &mut Out) {
        out.plain.push(self.form);
        out.signed(self.days);
        if !matches!(self.form, text::SAME_TIME | text::SAME_SECOND) {
            out.number(self.time);
        }
    }

    fn read(form: u8, from: &mut In<'_>) -> Option<Self> {
        let days = from.signed()?;
        let time = if matches!(form, text::SAME_TIME | text::SAME_SECOND) { 0 } else { from.number()? };
        Some(Self { form, days, time })
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

/// The day counted from 1800, for the next seven hundred years.
const DAY_BITS: u32 = 18;

fn first_day() -> jiff::civil::Date {
    jiff::civil::date(1800, 1, 1)
}

fn day_of(text: &str) -> Option<u64> {
    if text.len() != 10 {
        return None;
    }
    let day = text.parse::<jiff::civil::Date>().ok().filter(|day| day.to_string() == text)?;
    let days = u64::try_from(day.since(first_day()).ok()?.get_days()).ok()?;
    (days < 1 << DAY_BITS).then_some(days)
}

fn day_text(days: u64) -> Option<String> {
    let span = jiff::Span::new().try_days(i64::try_from(days).ok()?).ok()?;
    Some(first_day().checked_add(span).ok()?.to_string())
}

/// A text that ends with six digits or more: what stands before the last six, and they.
fn six_digits(text: &str) -> Option<(&str, u64)> {
    let (head, digits) = text.split_at_checked(text.len().checked_sub(6)?)?;
    let all = digits.bytes().all(|byte| byte.is_ascii_digit());
    Some((head, all.then(|| digits.parse().ok())??))
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
