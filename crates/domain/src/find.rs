//! What an officer types into the one box, understood: parts of names, numbers, days ("hôm nay", "20/11", "tháng 11"), years of
//! birth, and words for where a dossier stands ("quá hạn", "chờ bổ sung").

use crate::dossier::State;
use crate::text::fold;
use jiff::ToSpan;
use jiff::civil::Date;

/// What is looked for; everything has to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Folded words, each the beginning of a word of the dossier.
    pub words: Vec<String>,
    /// When the dossier was received.
    pub received: Option<Received>,
    /// Where it stands: one of these.
    pub states: Vec<State>,
    /// Past due and not finished.
    pub is_late: bool,
}

/// When a dossier was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// On a day.
    Day(Date),
    /// In a month of a year.
    Month(i16, i8),
}

/// Words for where a dossier stands, folded. All are of two words and more: a single one may be a name.
const STATES: [(&str, &[State]); 14] = [
    ("qua han", &[]),
    ("tre han", &[]),
    ("cho bo sung", &[State::AwaitsPapers]),
    ("yeu cau bo sung", &[State::AwaitsPapers]),
    ("cho nop tien", &[State::AwaitsPayment]),
    ("cho nghia vu tai chinh", &[State::AwaitsPayment]),
    ("moi tiep nhan", &[State::Registered, State::Received]),
    ("dang xu ly", &[State::Processing]),
    ("dang giai quyet", &[State::Processing]),
    ("cho tra", &[State::Finished]),
    ("da tra", &[State::HandedBack]),
    ("da rut", &[State::Withdrawn]),
    ("da dung", &[State::Stopped]),
    ("bi tu choi", &[State::Refused]),
];

impl Search {
    /// Reads what was typed on a day. What is no day and no state is a word.
    pub fn typed(text: &str, today: Date) -> Self {
        let mut search = Self::default();
        let mut rest =
            format!(" {} ", joined(text).iter().map(|word| day_or_words(word)).collect::<Vec<_>>().join(" "));
        for (words, states) in STATES {
            if cut(&mut rest, words) {
                search.is_late |= states.is_empty();
                search
                    .states
                    .extend(states.iter().filter(|state| !search.states.contains(state)).copied().collect::<Vec<_>>());
            }
        }
        if cut(&mut rest, "hom nay") {
            search.received = Some(Received::Day(today));
        } else if cut(&mut rest, "hom qua") {
            search.received = Some(Received::Day(today.saturating_sub(1.day())));
        } else if cut(&mut rest, "thang nay") {
            search.received = Some(Received::Month(today.year(), today.month()));
        }
        let mut words: Vec<&str> = rest.split_whitespace().collect();
        if let Some(at) = words.iter().position(|word| *word == "thang")
            && let Some(month) = words.get(at + 1).and_then(|word| month(word, today))
        {
            search.received = Some(month);
            words.drain(at..at + 2);
        }
        for word in words {
            match day(word, today) {
                Some(day) => search.received = Some(Received::Day(day)),
                None => search.words.extend(fold(word).split(' ').filter(|word| !word.is_empty()).map(str::to_owned)),
            }
        }
        search
    }

    /// The same text taken as words alone, for a name that only looks like something else.
    pub fn words_of(text: &str) -> Self {
        let folded = fold(&joined(text).join(" "));
        let words = folded.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        Self { words, ..Self::default() }
    }

    /// Whether nothing is looked for.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A day keeps its slashes; everything else is folded.
fn day_or_words(word: &str) -> String {
    let is_day = word.contains('/') && word.chars().all(|c| c.is_ascii_digit() || c == '/');
    if is_day { word.to_owned() } else { fold(word) }
}

/// Takes a phrase out of a text of words with spaces around; whether it was there.
fn cut(text: &mut String, phrase: &str) -> bool {
    let framed = format!(" {phrase} ");
    let is_there = text.contains(&framed);
    *text = text.replace(&framed, " ");
    is_there
}

/// A day as people write it: `20/11` is the last one not after today, `20/11/2026` that very one.
fn day(word: &str, today: Date) -> Option<Date> {
    let parts: Vec<i16> = word.split('/').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let date =
        |year: i16, month: i16, day: i16| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    match parts.as_slice() {
        [day, month] => date(today.year(), *month, *day)
            .filter(|found| *found <= today)
            .or_else(|| date(today.year() - 1, *month, *day)),
        [day, month, year] if *year >= 2020 => date(*year, *month, *day),
        _ => None,
    }
}

/// `11` is the last November not after today, `11/2026` that very one.
fn month(word: &str, today: Date) -> Option<Received> {
    let (month, year) = match word.split_once('/') {
        Some((month, year)) => (month, Some(year.parse::<i16>().ok()?)),
        None => (word, None),
    };
    let month = month.parse::<i8>().ok().filter(|month| (1..=12).contains(month))?;
    let year = year.unwrap_or(if month <= today.month() { today.year() } else { today.year() - 1 });
    Some(Received::Month(year, month))
}

/// The words as typed, with the groups of a number together: `0912 345 678`, `0912.345.678`, `1.001193`. Groups of fewer than three digits are
/// parts of something else.
fn joined(text: &str) -> Vec<String> {
    let digits = |word: &str| word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    let mut out: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let bare = word.replace('.', "");
        let word = if digits(&bare) { &bare } else { word };
        match out.last_mut() {
            Some(last) if digits(word) && digits(last) && last.len() + word.len() <= 12 => last.push_str(word),
            _ => out.push(word.to_owned()),
        }
    }
    out
}

/// Where people live, for comparing: the house or hamlet and what stands around it, folded, without the words for "hamlet" that
/// one writes and another leaves out. Empty where the address says nothing.
pub fn home(address: &str) -> String {
    const KINDS: [&str; 12] = ["thon", "ban", "buon", "lang", "ap", "xom", "khu", "to", "so", "nha", "dan", "pho"];
    let first: Vec<String> = address.split(',').map(fold).filter(|part| !part.is_empty()).take(2).collect();
    let told = |part: &String| part.split(' ').filter(|word| !KINDS.contains(word)).collect::<Vec<_>>().join(" ");
    first.iter().map(told).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Whether a home names a house or a group of houses, and not a whole hamlet.
pub fn is_house(home: &str) -> bool {
    home.split(", ").next().is_some_and(|first| first.chars().any(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn typed(text: &str) -> Search {
        Search::typed(text, date(2026, 11, 23))
    }

    #[test]
    fn days_states_and_words_are_told_apart() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let day = |year, month, day| Some(Received::Day(date(year, month, day)));
        assert_eq!(typed("Mỹ Hạnh"), Search { words: words(&["my", "hanh"]), ..Search::default() });
        assert_eq!(typed("hôm nay").received, day(2026, 11, 23));
        assert_eq!(typed("hôm qua").received, day(2026, 11, 22));
        assert_eq!(typed("20/11").received, day(2026, 11, 20));
        assert_eq!(typed("24/11").received, day(2025, 11, 24), "not a day to come");
        assert_eq!(typed("20/11/2025").received, day(2025, 11, 20));
        assert_eq!(typed("tháng 11").received, Some(Received::Month(2026, 11)));
        assert_eq!(typed("tháng 12").received, Some(Received::Month(2025, 12)));
        assert_eq!(typed("tháng 3/2026").received, Some(Received::Month(2026, 3)));
        let late = typed("hạnh quá hạn");
        assert_eq!((late.words, late.is_late), (words(&["hanh"]), true));
        let waiting = typed("chờ bổ sung tháng này khai sinh");
        assert_eq!(waiting.states, [State::AwaitsPapers]);
        assert_eq!(waiting.words, words(&["khai", "sinh"]));
        assert_eq!(typed("1986").words, words(&["1986"]), "a year of birth is a word of the index");
        let born = typed("15/3/1986");
        assert_eq!((born.received, born.words), (None, words(&["15", "3", "1986"])), "nobody was received then");
        assert_eq!(typed("0912 345 678").words, words(&["0912345678"]));
        assert_eq!(typed("0912.345.678").words, words(&["0912345678"]));
        assert_eq!(typed("H56.14-261118-00001").words, words(&["h56", "14", "261118", "00001"]));
        assert_eq!(typed("1.001193").words, words(&["1001193"]));
        assert!(typed("   ").is_empty());
        assert_eq!(typed("99/99").received, None);
    }

    #[test]
    fn a_home_is_the_same_however_it_is_written() {
        let one = home("Thôn Nà Phán, xã Cao Sơn, tỉnh Lào Cai");
        assert_eq!(one, "na phan, xa cao son");
        assert_eq!(home("bản Nà Phán , Xã Cao Sơn"), one);
        assert!(!is_house(&one));
        let house = home("Số nhà 12, tổ 3, xã Cao Sơn");
        assert_eq!(house, "12, 3");
        assert!(is_house(&house) && !is_house(&home("")));
    }
}
