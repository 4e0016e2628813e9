//! Finding a procedure as people ask for it: with or without accents, by the first letters of its name, by any part of its
//! code, by field, or in everyday words ("sao y", "giấy độc thân").

use super::{Procedure, is_code};
use crate::text::{fold, initials, tidy};
use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Everyday words and the codes they mean, as dated data.
const EVERYDAY: &str = include_str!("everyday.txt");

/// Longer queries are cut here: twice the longest name in the national catalogue.
const QUERY_CHARS: usize = 2_000;

/// A procedure that fits a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Where it stands in the list the index was made from.
    pub position: usize,
    /// How well it fits; only to be compared within one answer.
    pub score: u32,
}

/// The words of a catalogue, prepared once.
#[derive(Debug, Clone)]
pub struct Index {
    entries: Vec<Entry>,
    vocabulary: Vec<(Word, Vec<Use>)>,
    unneeded: BTreeSet<Word>,
}

/// One procedure: its code and the phrases it may be called by.
#[derive(Debug, Clone)]
struct Entry {
    digits: String,
    phrases: Vec<Phrase>,
}

/// A name, or an everyday name.
#[derive(Debug, Clone)]
struct Phrase {
    /// As spelled, in lower case, to tell two names that fold to the same.
    spelled: String,
    folded: String,
    /// Folded, each word with its accents behind it.
    marked: String,
    initials: String,
    /// Number of words.
    length: u32,
    /// What finding exactly this phrase is worth: less for the second and third meaning of everyday words.
    worth: u32,
}

/// Where a word of the vocabulary is used, and what finding it there is worth.
#[derive(Debug, Clone, Copy)]
struct Use {
    entry: usize,
    worth: u32,
}

/// A word without its accents, and the accents apart: `thủy` and `thuỷ` are one word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Word {
    letters: String,
    accents: Vec<char>,
}

impl Word {
    fn new(text: &str) -> Self {
        let mut accents: Vec<char> = text
            .nfd()
            .filter(|c| is_combining_mark(*c) || matches!(c, 'đ' | 'Đ'))
            .flat_map(char::to_lowercase)
            .collect();
        accents.sort_unstable();
        Self { letters: fold(text).replace(' ', ""), accents }
    }

    /// How well this word of a query fits a word of the catalogue; 0 when it does not.
    fn fits(&self, other: &Word) -> u32 {
        let accented = if self.accents == other.accents {
            2
        } else if self.accents.is_empty() {
            1
        } else {
            0
        };
        if self.letters == other.letters {
            [6, 11, 12][accented]
        } else if other.letters.starts_with(&self.letters) {
            // A word still being typed has no more accents than the whole one.
            let growing = self.accents.iter().all(|accent| other.accents.contains(accent));
            if growing { 8 } else { 3 }
        } else if self.letters.len() >= 3 && other.letters.contains(&self.letters) {
            1
        } else {
            0
        }
    }
}

/// What a person typed, prepared once for a search.
struct Query {
    words: Vec<Asked>,
    spelled: String,
    folded: String,
    marked: String,
}

/// One word of a query.
struct Asked {
    word: Word,
    /// The digits, where it can be (part of) a code.
    digits: Option<String>,
    /// Whether a procedure without it may still be an answer.
    unneeded: bool,
}

impl Index {
    /// Prepares a catalogue; positions in the answers count along it.
    pub fn new<'a>(procedures: impl IntoIterator<Item = &'a Procedure>) -> Self {
        let everyday = Everyday::read(EVERYDAY);
        let mut entries = Vec::new();
        let mut vocabulary: BTreeMap<Word, Vec<Use>> = BTreeMap::new();
        let mut learn = |text: &str, entry: usize, worth: u32| {
            for word in words(text) {
                vocabulary.entry(word).or_default().push(Use { entry, worth });
            }
        };
        for (position, procedure) in procedures.into_iter().enumerate() {
            learn(&procedure.name, position, 4);
            learn(&procedure.field, position, 2);
            let mut phrases = vec![Phrase::new(&procedure.name, 600)];
            for (phrase, rank) in everyday.names.get(&procedure.code).into_iter().flatten() {
                learn(phrase, position, 3);
                phrases.push(Phrase::new(phrase, 400_u32.saturating_sub(100 * rank)));
            }
            entries.push(Entry { digits: digits(&procedure.code), phrases });
        }
        Self { entries, vocabulary: vocabulary.into_iter().collect(), unneeded: everyday.unneeded }
    }

    /// The best answers to a query, best first. Every word of it must be found somewhere; nothing typed finds nothing.
    pub fn find(&self, query: &str, limit: usize) -> Vec<Hit> {
        self.find_by_use(query, limit, &[])
    }

    /// Like [`Index::find`]; of two that fit equally, the one used more often here comes first (`used[position]` times).
    pub fn find_by_use(&self, query: &str, limit: usize, used: &[u32]) -> Vec<Hit> {
        let query = self.read(query);
        let Some(found) = self.every_word(&query) else { return Vec::new() };
        let mut hits: Vec<Hit> = found
            .into_iter()
            .zip(&self.entries)
            .enumerate()
            .filter_map(|(position, (score, entry))| {
                score.map(|score| Hit { position, score: score + entry.whole(&query) })
            })
            .collect();
        let often = |hit: &Hit| used.get(hit.position).copied().unwrap_or(0);
        hits.sort_by(|one, other| {
            other
                .score
                .cmp(&one.score)
                .then_with(|| often(other).cmp(&often(one)))
                .then(one.position.cmp(&other.position))
        });
        hits.truncate(limit);
        hits
    }

    fn read(&self, text: &str) -> Query {
        let text = tidy(&text.chars().take(QUERY_CHARS).collect::<String>());
        let mut asked = Vec::new();
        for token in text.split(' ').filter(|token| !token.is_empty()) {
            // A province's copy of a code carries the agency behind it: 2.000815.000.00.00.H55.
            let national = token.get(..8).filter(|start| is_code(start) && token.as_bytes().get(8) == Some(&b'.'));
            let token = national.unwrap_or(token);
            if token.contains('.') && token.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
                let digits = digits(token);
                asked.push(Asked { word: Word::new(&digits), digits: Some(digits), unneeded: false });
                continue;
            }
            for word in words(token) {
                let digits = word.letters.bytes().all(|b| b.is_ascii_digit()).then(|| word.letters.clone());
                let unneeded = self.unneeded.contains(&word)
                    || word.accents.is_empty() && self.unneeded.iter().any(|idle| idle.letters == word.letters);
                asked.push(Asked { word, digits, unneeded });
            }
        }
        if asked.iter().all(|one| one.unneeded) {
            asked.iter_mut().for_each(|one| one.unneeded = false);
        }
        Query { words: asked, spelled: text.to_lowercase(), folded: plain(&text), marked: marked(&text) }
    }

    /// For each entry the sum of what its best words are worth, `None` where a word is missing.
    fn every_word(&self, query: &Query) -> Option<Vec<Option<u32>>> {
        let mut total: Vec<Option<u32>> = vec![Some(0); self.entries.len()];
        for asked in &query.words {
            let mut best = vec![0_u32; self.entries.len()];
            let mut raise = |entry: usize, score: u32| {
                if let Some(best) = best.get_mut(entry) {
                    *best = score.max(*best);
                }
            };
            for (word, uses) in &self.vocabulary {
                let fit = asked.word.fits(word);
                if fit > 0 {
                    uses.iter().for_each(|found| raise(found.entry, fit * found.worth));
                }
            }
            for (position, entry) in self.entries.iter().enumerate() {
                raise(position, entry.initials(&asked.word).max(entry.code(asked.digits.as_deref())));
            }
            for (sum, best) in total.iter_mut().zip(best) {
                *sum = sum.filter(|_| best > 0 || asked.unneeded).map(|sum| sum + best);
            }
        }
        (!query.words.is_empty()).then_some(total)
    }
}

impl Entry {
    /// What a run of first letters is worth: `dkks`, `ks`.
    fn initials(&self, word: &Word) -> u32 {
        let letters = word.letters.as_str();
        if letters.len() < 2 || word.accents.iter().any(|accent| *accent != 'đ') {
            return 0;
        }
        let name = self.phrases.first().map_or("", |phrase| phrase.initials.as_str());
        if name == letters {
            200
        } else if name.starts_with(letters) {
            40
        } else if name.ends_with(letters) {
            24
        } else if name.contains(letters) {
            8
        } else {
            0
        }
    }

    /// What digits are worth as (a part of) the code.
    fn code(&self, asked: Option<&str>) -> u32 {
        let Some(asked) = asked.filter(|asked| !asked.is_empty()) else { return 0 };
        let length = u32::try_from(asked.len()).unwrap_or(0);
        if self.digits == asked {
            2_000
        } else if self.digits.starts_with(asked) {
            30 + 5 * length
        } else if self.digits.ends_with(asked) {
            20 + 5 * length
        } else if length >= 3 && self.digits.contains(asked) {
            10
        } else {
            0
        }
    }

    /// What the query is worth taken as a whole: the name itself, its beginning, a run of its words; and a short name
    /// before a long one.
    fn whole(&self, query: &Query) -> u32 {
        let run = |phrase: &Phrase| {
            let folded = matching_run(&phrase.folded, &query.folded, phrase.worth);
            if phrase.spelled == query.spelled {
                phrase.worth + 400
            } else if query.words.iter().all(|asked| asked.word.accents.is_empty()) {
                folded
            } else {
                // "hộ" is no beginning of "hỗ trợ" for somebody who types accents.
                matching_run(&phrase.marked, &query.marked, phrase.worth).max(folded / 4)
            }
        };
        let asked = u32::try_from(query.words.len()).unwrap_or(u32::MAX);
        let length = self.phrases.first().map_or(1, |name| name.length);
        let short = 40_u32.saturating_mul(asked).checked_div(length).unwrap_or(0).min(40);
        self.phrases.iter().map(run).max().unwrap_or(0) + short
    }
}

impl Phrase {
    fn new(text: &str, worth: u32) -> Self {
        let folded = plain(text);
        Self {
            spelled: tidy(text).to_lowercase(),
            initials: initials(&folded),
            length: u32::try_from(folded.split(' ').count()).unwrap_or(u32::MAX),
            folded,
            marked: marked(text),
            worth,
        }
    }
}

/// The everyday names of each code with their rank, and the words that need not be found.
struct Everyday {
    names: BTreeMap<String, Vec<(String, u32)>>,
    unneeded: BTreeSet<Word>,
}

impl Everyday {
    fn read(text: &str) -> Self {
        let mut all = Self { names: BTreeMap::new(), unneeded: BTreeSet::new() };
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(idle) = line.strip_prefix('~') {
                all.unneeded.extend(words(idle));
            } else if let Some((phrase, codes)) = line.split_once('=') {
                for (rank, code) in (0..).zip(codes.split(',')) {
                    all.names.entry(code.trim().to_owned()).or_default().push((phrase.trim().to_owned(), rank));
                }
            }
        }
        all
    }
}

/// The words of a text as they are compared: cut at everything that is neither letter, digit nor accent.
fn words(text: &str) -> impl Iterator<Item = Word> {
    text.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
        .map(Word::new)
        .filter(|word| !word.letters.is_empty())
}

/// The folded text without a leading "Thủ tục", which half of the official names carry and nobody says.
fn plain(text: &str) -> String {
    let folded = fold(text);
    match folded.strip_prefix("thu tuc ") {
        Some(rest) => rest.to_owned(),
        None => folded,
    }
}

/// Like [`plain`], with each word's accents behind it.
fn marked(text: &str) -> String {
    let words: Vec<String> = words(text).map(|word| word.letters + &String::from_iter(word.accents)).collect();
    let rest = if fold(text).starts_with("thu tuc ") { words.get(2..).unwrap_or_default() } else { &words };
    rest.join(" ")
}

/// What it is worth when the query is the text, its first words, or a run of its words (the last one still being typed).
fn matching_run(text: &str, asked: &str, worth: u32) -> u32 {
    if text == asked {
        worth
    } else if text.strip_prefix(asked).is_some_and(|rest| rest.starts_with(' ')) {
        worth / 5
    } else if text.starts_with(asked) || text.contains(&format!(" {asked}")) {
        worth / 10
    } else {
        0
    }
}

fn digits(code: &str) -> String {
    code.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::bare;
    use super::*;
    use proptest::prelude::*;

    fn catalogue() -> Vec<Procedure> {
        [
            ("1.001193", "Thủ tục đăng ký khai sinh", "Hộ tịch"),
            ("2.000528", "Thủ tục đăng ký khai sinh có yếu tố nước ngoài", "Hộ tịch"),
            ("1.000656", "Thủ tục đăng ký khai tử", "Hộ tịch"),
            ("2.000815", "Chứng thực bản sao từ bản chính giấy tờ, văn bản", "Chứng thực"),
            ("1.009001", "Đăng ký thuỷ sản", "Thủy sản"),
            ("1.009002", "Thăm bán đảo", "Du lịch"),
            ("1.009003", "Thăm bản đào", "Du lịch"),
        ]
        .map(|(code, name, field)| bare(code, name, field))
        .into()
    }

    fn first(query: &str) -> Option<String> {
        let procedures = catalogue();
        let hit = Index::new(&procedures).find(query, 1).into_iter().next()?;
        procedures.get(hit.position).map(|found| found.code.clone())
    }

    #[test]
    fn a_procedure_is_found_as_people_ask_for_it() {
        for (query, code) in [
            ("dkks", "1.001193"),
            ("ĐKKS", "1.001193"),
            ("khai sinh nuoc ngoai", "2.000528"),
            ("dkks nước ngoài", "2.000528"),
            ("1193", "1.001193"),
            ("1.001193", "1.001193"),
            ("2.000815.000.00.00.H55", "2.000815"),
            ("thủy sản", "1.009001"),
            ("ho tich khai tu", "1.000656"),
            ("sao y", "2.000815"),
            ("làm khai sinh", "1.001193"),
        ] {
            assert_eq!(first(query).as_deref(), Some(code), "{query}");
        }
    }

    #[test]
    fn accents_decide_where_they_are_typed() {
        assert_eq!(first("bán đảo").as_deref(), Some("1.009002"));
        assert_eq!(first("bản đào").as_deref(), Some("1.009003"));
        assert_eq!(first("ban dao").as_deref(), Some("1.009002"), "without accents the catalogue's order stands");
    }

    #[test]
    fn a_word_that_is_nowhere_finds_nothing() {
        for query in ["", " ", "…", "khai sinh vũ trụ", "9.999999"] {
            assert_eq!(first(query), None, "{query}");
        }
    }

    #[test]
    fn use_breaks_ties_only() {
        let procedures = catalogue();
        let index = Index::new(&procedures);
        let codes = |used: &[u32]| {
            let hits = index.find_by_use("ban dao", 2, used);
            hits.iter().map(|hit| procedures[hit.position].code.clone()).collect::<Vec<_>>()
        };
        assert_eq!(codes(&[]), ["1.009002", "1.009003"]);
        assert_eq!(codes(&[0, 0, 0, 0, 0, 1, 5]), ["1.009003", "1.009002"]);
        let exact = index.find_by_use("khai sinh", 1, &[0, 1_000]);
        assert_eq!(procedures[exact[0].position].code, "1.001193");
    }

    #[test]
    fn everyday_words_are_well_formed() {
        let everyday = Everyday::read(EVERYDAY);
        assert!(!everyday.unneeded.is_empty());
        for (code, names) in &everyday.names {
            assert!(is_code(code), "{code}");
            assert!(names.iter().all(|(name, _)| !name.is_empty()), "{code}");
        }
        let lines = EVERYDAY.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '~']));
        let mut phrases = BTreeSet::new();
        for line in lines {
            let (phrase, _) = line.split_once('=').expect("words = codes");
            assert!(phrases.insert(phrase.trim().to_owned()), "twice: {phrase}");
        }
    }

    proptest! {
        #[test]
        fn no_query_is_too_strange(query in any::<String>(), limit in 0_usize..20) {
            let hits = Index::new(&catalogue()).find(&query, limit);
            prop_assert!(hits.len() <= limit);
            prop_assert!(hits.is_sorted_by(|one, other| one.score >= other.score));
        }

        #[test]
        fn a_full_name_finds_itself_first(
            names in proptest::collection::vec("[A-ZĐa-zđăâêôơưàảãáạ0-9]{1,6}( |, |-)?([a-zđăâêôơưìỉĩíị]{1,7}[ ,;()]{0,2}){0,8}", 1..12),
            pick in any::<prop::sample::Index>(),
        ) {
            let procedures: Vec<Procedure> =
                names.iter().enumerate().map(|(n, name)| bare(&format!("1.{n:06}"), name, "Hộ tịch")).collect();
            let asked = &procedures[pick.index(procedures.len())];
            let hits = Index::new(&procedures).find(&asked.name, 1);
            let found = &procedures[hits[0].position];
            prop_assert_eq!(tidy(&found.name).to_lowercase(), tidy(&asked.name).to_lowercase());
        }
    }
}
