//! Reading Rust well enough for the rules: code apart from comments and from what stands in quotes.

/// A source in two texts of the same length and lines: its code, and the insides of its string literals. What belongs to
/// neither is blank in both.
pub struct Source {
    pub code: String,
    pub strings: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    String,
    Neither,
}

impl Source {
    /// Splits a Rust source.
    pub fn new(text: &str) -> Self {
        let kinds = kinds(text);
        let only = |kind: Kind| {
            let mut kept = String::with_capacity(text.len());
            for (offset, letter) in text.char_indices() {
                if letter == '\n' || kinds.get(offset) == Some(&kind) {
                    kept.push(letter);
                } else {
                    kept.extend(std::iter::repeat_n(' ', letter.len_utf8()));
                }
            }
            kept
        };
        Self { code: only(Kind::Code), strings: only(Kind::String) }
    }
}

/// What each byte belongs to.
fn kinds(text: &str) -> Vec<Kind> {
    let mut kinds = vec![Kind::Code; text.len()];
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let named_before = text.get(..at).is_some_and(|before| before.ends_with(is_name));
        let (length, kind, quotes) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), Kind::Neither, (0, 0))
        } else if rest.starts_with("/*") {
            (comment(rest), Kind::Neither, (0, 0))
        } else if let Some((length, opening, closing)) = raw_string(rest).filter(|_| !named_before) {
            (length, Kind::String, (opening, closing))
        } else if rest.starts_with('"') {
            (string(rest), Kind::String, (1, 1))
        } else if let Some(length) = character(rest) {
            (length, Kind::Neither, (0, 0))
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        let inside = at + quotes.0..(at + length).saturating_sub(quotes.1);
        for (offset, slot) in kinds.iter_mut().enumerate().skip(at).take(length) {
            *slot = if kind == Kind::String && !inside.contains(&offset) { Kind::Neither } else { kind };
        }
        at += length;
    }
    kinds
}

/// The length of a block comment, which may hold others.
fn comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(here) = rest.get(at..).filter(|here| !here.is_empty()) {
        if here.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    at.min(rest.len())
}

/// The lengths of a raw string and of its opening and closing quotes.
fn raw_string(rest: &str) -> Option<(usize, usize, usize)> {
    let body = rest.trim_start_matches(['b', 'c']).strip_prefix('r')?;
    let hashes = body.len() - body.trim_start_matches('#').len();
    let inside = body.get(hashes..)?.strip_prefix('"')?;
    let closing = format!("\"{}", "#".repeat(hashes));
    let opening = rest.len() - inside.len();
    let length = inside.find(&closing).map_or(rest.len(), |end| opening + end + closing.len());
    Some((length, opening, closing.len()))
}

/// The length of a string literal.
fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (offset, letter) in rest.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return offset + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The length of a character literal; none where the quote begins a lifetime.
fn character(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('\'')?;
    if inside.starts_with('\\') {
        return inside.char_indices().skip(2).find(|(_, letter)| *letter == '\'').map(|(end, _)| end + 2);
    }
    let letter = inside.chars().next()?;
    inside.get(letter.len_utf8()..)?.starts_with('\'').then_some(letter.len_utf8() + 2)
}

/// Where a word stands by itself, not as part of a longer name.
pub fn places<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(word).map(|(offset, _)| offset).filter(move |&offset| {
        let before = text.get(..offset).and_then(|before| before.chars().next_back());
        let after = text.get(offset + word.len()..).and_then(|after| after.chars().next());
        let word_begins = word.starts_with(is_name);
        let word_ends = word.ends_with(is_name);
        !(word_begins && before.is_some_and(is_name) || word_ends && after.is_some_and(is_name))
    })
}

/// The words of a text, each with where it stands.
pub fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut offset = 0;
    text.split_inclusive(char::is_whitespace).filter_map(move |piece| {
        let begin = offset;
        offset += piece.len();
        let word = piece.trim_end();
        (!word.is_empty()).then_some((begin, word))
    })
}

/// What lies between a bracket and the one that closes it, where a text begins with an opening one.
pub fn inside(text: &str) -> Option<&str> {
    let opening = text.chars().next()?;
    let closing = match opening {
        '{' => '}',
        '(' => ')',
        '[' => ']',
        '<' => '>',
        _ => return None,
    };
    let mut depth = 0_usize;
    for (offset, letter) in text.char_indices() {
        if letter == opening {
            depth += 1;
        } else if letter == closing {
            depth -= 1;
            if depth == 0 {
                return text.get(1..offset);
            }
        }
    }
    None
}

/// The name at the beginning of a text.
pub fn name(text: &str) -> &str {
    let end = text.find(|letter| !is_name(letter)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Whether a letter can be part of a name.
pub fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[test]
fn code_comments_and_strings_are_told_apart() {
    let source = Source::new(concat!(
        "let a = \"in \\\" quotes\"; // a remark \"here\"\n",
        "let b: &'static str = r#\"raw \" text\"#; /* block /* nested */ still */ let c = '\"'; let d = '\\'';\n",
        "let đ = \"chữ\"; for_r\"x\";",
    ));
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(squeezed(&source.code), "let a = ; let b: &'static str = ; let c = ; let d = ; let đ = ; for_r ;");
    assert_eq!(squeezed(&source.strings), "in \\\" quotes raw \" text chữ x");
    assert_eq!(source.code.len(), source.strings.len());
}

#[test]
fn words_stand_by_themselves() {
    assert_eq!(places("sleep(); asleep(); sleeper; x.sleep", "sleep").count(), 2);
    assert_eq!(places("disallow(x) allow(y)", "allow(").count(), 1);
    assert_eq!(inside("{ a { b } c } d"), Some(" a { b } c "));
    assert_eq!(name("receive<T>(x)"), "receive");
}
