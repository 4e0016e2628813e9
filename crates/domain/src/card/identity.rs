//! The identity card's code: fields separated by `|`.
//!
//! `number | old number | name | born | sex | address | issued`, seven fields on the chip card of 2021 to 2024, at least
//! four more on the card since July 2024 (TT 16/2024/TT-BCA), whose meaning is not published. Fields are taken by place:
//! an empty one stays empty and shifts nothing.

use super::{Warning, bare, day, expiry, filled, place};
use crate::person::{CitizenId, PartialDate, PersonName, Sex};
use crate::text;
use jiff::civil::Date;
use unicode_normalization::char::is_combining_mark;

/// The fewest fields a card has: a chip card's seven without the last, the issue date.
const FEWEST_FIELDS: usize = 6;

/// What an identity card says. What it does not say, or says unreadably, is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Số định danh cá nhân.
    pub number: CitizenId,
    /// Số CMND cũ as the card gives it, usually nine digits. No proof of identity since 2025, but still a key to old files.
    pub old_number: Option<String>,
    /// Họ, chữ đệm và tên, in the case the card writes it.
    pub name: PersonName,
    /// Ngày sinh, for many elderly people without day and month.
    pub born: Option<PartialDate>,
    /// Giới tính.
    pub sex: Option<Sex>,
    /// Nơi thường trú (cards until 2024) or nơi cư trú, often with the names of before July 2025.
    pub address: Option<String>,
    /// Ngày cấp.
    pub issued: Option<Date>,
    /// All further fields, empty ones too, exactly as they stand.
    pub extra: Vec<String>,
}

impl Card {
    /// Reads a card's text, with what is odd about it. `None` where it lacks a card's fields, a 12-digit number or a name.
    pub fn read(text: &str) -> Option<(Self, Vec<Warning>)> {
        let fields: Vec<&str> = bare(text).split('|').collect();
        if fields.len() < FEWEST_FIELDS {
            return None;
        }
        let field = |place: usize| fields.get(place).map(|field| bare(field));
        let number = CitizenId::parse(field(0)?).ok()?;
        let name = PersonName::parse(field(2)?).ok()?;

        let mut warnings = Vec::new();
        if is_garbled(&name) {
            warnings.push(Warning::NameGarbled);
        }
        let born =
            readable(field(3), |text| day::partial(text).ok(), &mut warnings, |text| Warning::BornUnreadable { text });
        let sex = readable(field(4), read_sex, &mut warnings, |text| Warning::SexUnreadable { text });
        let issued =
            readable(field(6), |text| day::whole(text).ok(), &mut warnings, |text| Warning::IssuedUnreadable { text });
        let card = Self {
            old_number: filled(field(1)),
            address: filled(field(5)),
            extra: fields.iter().skip(7).map(|field| (*field).to_owned()).collect(),
            number,
            name,
            born,
            sex,
            issued,
        };
        warnings.extend(card.disagreements());
        Some((card, warnings))
    }

    /// The last day this card is valid, as far as its dates tell; `None` also where it is valid for life.
    pub fn valid_until(&self) -> Option<Date> {
        expiry(self.born?, self.issued?)
    }

    /// What is odd about the card's dates on a given day.
    pub fn warnings_on(&self, today: Date) -> Vec<Warning> {
        let born_later = self.born.is_some_and(|born| is_after(born, today));
        let issued_later = self.issued.is_some_and(|issued| issued > today);
        let issued_unborn = self.born.zip(self.issued).is_some_and(|(born, issued)| is_after(born, issued));
        if born_later || issued_later || issued_unborn {
            return vec![Warning::DatesImpossible];
        }
        let expired = self.valid_until().filter(|until| *until < today);
        expired.map(|until| Warning::Expired { until }).into_iter().collect()
    }

    /// Where the number, which holds place, sex and year of birth, tells another story than the fields beside it.
    fn disagreements(&self) -> impl Iterator<Item = Warning> {
        let (by_number, number_year) = (self.number.sex(), self.number.birth_year());
        let sex = self.sex.filter(|card| *card != by_number);
        let year = self.born.map(PartialDate::year).filter(|card| *card != number_year);
        let place = Some(self.number.place_code()).filter(|code| !place::is_known(code));
        [
            sex.map(|card| Warning::SexDisagrees { number: by_number, card }),
            year.map(|card| Warning::BirthYearDisagrees { number: number_year, card }),
            place.map(|code| Warning::UnknownPlace { code: code.to_owned() }),
        ]
        .into_iter()
        .flatten()
    }
}

/// A field's value; a field that is filled but cannot be read leaves it empty and raises a warning.
fn readable<T>(
    field: Option<&str>,
    read: impl Fn(&str) -> Option<T>,
    warnings: &mut Vec<Warning>,
    warning: impl Fn(String) -> Warning,
) -> Option<T> {
    let text = filled(field)?;
    let value = read(&text);
    if value.is_none() {
        warnings.push(warning(text));
    }
    value
}

/// Nam or Nữ, in any case and with its marks lost. Anything else is unknown, never the other of the two.
fn read_sex(text: &str) -> Option<Sex> {
    match text::fold(text).as_str() {
        "nam" => Some(Sex::Male),
        "nu" => Some(Sex::Female),
        _ => None,
    }
}

/// Whether a name holds signs that no name on a card has: digits, `?`, currency and other symbols, and the Latin letters
/// that UTF-8 turns into when it is read as Windows-1252 (`Nguyá»…n`). Apostrophes stand in names like `Y'` and `H'Mai`.
fn is_garbled(name: &PersonName) -> bool {
    name.as_str().chars().any(|c| {
        let in_names = c.is_alphabetic()
            || is_combining_mark(c)
            || matches!(c, ' ' | '\'' | '’' | 'ʼ' | '`' | '-' | '.' | ',' | '(' | ')');
        !in_names || matches!(c, 'Ä' | 'Æ' | 'ƒ' | 'ª' | 'º')
    })
}

/// Whether every day a birth may have been is after the given one.
fn is_after(born: PartialDate, day: Date) -> bool {
    match born {
        PartialDate::Day(born) => born > day,
        PartialDate::Month(year, month) => (year, month) > (day.year(), day.month()),
        PartialDate::Year(year) => year > day.year(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    const AN: &str = "099095012345|012345678|Nguyễn Văn An|25101995|Nam|Số 1, Xã Bản Mẫu, Huyện Mẫu, Tỉnh Mẫu|10122021";

    fn card(text: &str) -> (Card, Vec<Warning>) {
        Card::read(text).unwrap_or_else(|| panic!("no card: {text}"))
    }

    /// A card's text with one field replaced.
    fn with(place: usize, value: &str) -> String {
        let mut fields: Vec<&str> = AN.split('|').collect();
        fields[place] = value;
        fields.join("|")
    }

    #[test]
    fn a_chip_card_says_seven_things() {
        let (card, warnings) = card(AN);
        assert_eq!(card.number.as_str(), "099095012345");
        assert_eq!(card.old_number.as_deref(), Some("012345678"));
        assert_eq!(card.name.as_str(), "Nguyễn Văn An");
        assert_eq!(card.born, Some(PartialDate::Day(date(1995, 10, 25))));
        assert_eq!(card.sex, Some(Sex::Male));
        assert_eq!(card.address.as_deref(), Some("Số 1, Xã Bản Mẫu, Huyện Mẫu, Tỉnh Mẫu"));
        assert_eq!(card.issued, Some(date(2021, 12, 10)));
        assert_eq!((card.extra.len(), warnings), (0, vec![]));
    }

    #[test]
    fn an_empty_old_number_shifts_nothing() {
        let (card, _) = card(&with(1, ""));
        assert_eq!((card.old_number, card.name.as_str()), (None, "Nguyễn Văn An"));
    }

    #[test]
    fn a_new_cards_further_fields_are_kept_as_they_stand() {
        for (tail, extra) in [
            ("|", vec![""]),
            ("||||", vec!["", "", "", ""]),
            ("|| A Páo |099060000001|x|y|", vec!["", " A Páo ", "099060000001", "x", "y", ""]),
        ] {
            let (card, warnings) = card(&format!("{AN}{tail}"));
            assert_eq!(card.extra, extra, "{tail}");
            assert_eq!(card.issued, Some(date(2021, 12, 10)));
            assert_eq!(warnings, vec![]);
        }
    }

    #[test]
    fn a_card_may_lack_its_issue_date() {
        let (without, _) = AN.rsplit_once('|').expect("seven fields");
        for text in [without.to_owned(), format!("{without}|"), format!("{without}|||||")] {
            let (card, warnings) = card(&text);
            assert_eq!((card.issued, card.valid_until(), warnings), (None, None, vec![]), "{text}");
        }
    }

    #[test]
    fn births_without_day_or_month_stay_partial() {
        for (field, iso) in [("00001995", "1995"), ("00061995", "1995-06"), ("1995", "1995")] {
            let (card, warnings) = card(&with(3, field));
            assert_eq!(card.born.map(PartialDate::iso).as_deref(), Some(iso));
            assert_eq!(warnings, vec![], "{field}");
        }
    }

    #[test]
    fn decomposed_letters_and_what_a_scanner_adds_change_nothing() {
        let decomposed: String = AN.nfd().collect();
        assert_ne!(decomposed, AN);
        for text in [
            decomposed,
            format!("\u{feff}{AN}"),
            format!("{AN}\r\n"),
            format!("  {AN}\t"),
            format!("{AN}\0"),
            AN.replace('|', " | "),
        ] {
            assert_eq!(card(&text), card(AN), "{text:?}");
        }
    }

    #[test]
    fn names_are_kept_as_the_card_writes_them() {
        for name in
            ["NGUYỄN VĂN AN", "Y'", "A Páo", "H'Mai Niê", "Y", "Đèo Thị Ỷ", "Tôn Nữ Hạ Vy Công Tằng Tôn", "Y Ƀlô Ê̆ban"]
        {
            let (card, warnings) = card(&with(2, name));
            assert_eq!(card.name.as_str(), name.nfc().collect::<String>());
            assert_eq!(warnings, vec![], "{name}");
        }
    }

    #[test]
    fn a_garbled_name_is_pointed_out() {
        for name in ["Nguyá»…n VÄƒn An", "Nguy?n V?n An", "Nguy\u{fffd}n", "Nguye64n Va8n An", "Nguyª"] {
            assert_eq!(card(&with(2, name)).1, vec![Warning::NameGarbled], "{name}");
        }
    }

    #[test]
    fn sex_is_nam_or_nu_or_unknown_and_never_guessed() {
        let number = "099195012345";
        for text in ["Nữ", "NỮ", "nữ", "Nu", "nu", "Nữ "] {
            let (card, warnings) = card(&with(4, text).replace("099095012345", number));
            assert_eq!((card.sex, warnings), (Some(Sex::Female), vec![]), "{text}");
        }
        for text in ["Nam", "NAM", "nam"] {
            assert_eq!(card(&with(4, text)).0.sex, Some(Sex::Male));
        }
        for text in ["X", "N?", "Khác", "1", "Female", "N÷"] {
            let (card, warnings) = card(&with(4, text));
            assert_eq!(card.sex, None);
            assert_eq!(warnings, vec![Warning::SexUnreadable { text: text.to_owned() }]);
        }
        assert_eq!(card(&with(4, "")), (Card { sex: None, ..card(AN).0 }, vec![]));
    }

    #[test]
    fn what_cannot_be_read_is_empty_and_said() {
        assert_eq!(card(&with(3, "31021995")).1, vec![Warning::BornUnreadable { text: "31021995".into() }]);
        assert_eq!(card(&with(6, "00122021")).1, vec![Warning::IssuedUnreadable { text: "00122021".into() }]);
        assert_eq!(card(&with(3, "hôm nào")).0.born, None);
    }

    #[test]
    fn number_and_fields_must_tell_one_story() {
        let (number, card_sex) = (Sex::Male, Sex::Female);
        assert_eq!(card(&with(4, "Nữ")).1, vec![Warning::SexDisagrees { number, card: card_sex }]);
        assert_eq!(card(&with(3, "25101994")).1, vec![Warning::BirthYearDisagrees { number: 1995, card: 1994 }]);
        assert_eq!(
            card(&with(0, &["003", "095012345"].concat())).1,
            vec![Warning::UnknownPlace { code: "003".into() }]
        );
        assert_eq!(card(&with(0, "099295012345")).1, vec![Warning::BirthYearDisagrees { number: 2095, card: 1995 }]);
    }

    #[test]
    fn a_card_past_its_day_is_expired_from_the_day_after() {
        let (card, _) = card(&with(3, "15031986"));
        let until = date(2026, 3, 15);
        assert_eq!(card.warnings_on(until), vec![]);
        assert_eq!(card.warnings_on(date(2026, 3, 16)), vec![Warning::Expired { until }]);
    }

    #[test]
    fn dates_of_the_future_are_pointed_out() {
        let today = date(2026, 11, 22);
        assert_eq!(card(&with(6, "23112026")).0.warnings_on(today), vec![Warning::DatesImpossible]);
        assert_eq!(card(&with(3, "00002027")).0.warnings_on(today), vec![Warning::DatesImpossible]);
        assert_eq!(card(&with(6, "10121994")).0.warnings_on(today), vec![Warning::DatesImpossible]);
        assert_eq!(
            card(&with(3, "00002021")).0.warnings_on(today),
            vec![],
            "issued in the year of birth may be after it"
        );
    }

    /// A generated card, and its text in one of the ways a scanner may give it.
    fn written() -> impl Strategy<Value = (Card, String)> {
        let number = (prop::sample::select(vec!["000", "099"]), 0u8..6, 0u8..100, 0u32..1_000_000);
        let name =
            prop::sample::select(vec!["Y'", "A Páo", "Lò Thị Mai", "NGUYỄN VĂN AN", "Đặng Thị Mỹ Hạnh", "H'Mông"]);
        let born = (1930i16..2026, 0i16..13, 0i16..29)
            .prop_map(|(year, month, day)| (year, month, if month == 0 { 0 } else { day }));
        let day = (2016i16..2027, 1i8..13, 1i8..29).prop_map(|(y, m, d)| date(y, m, d));
        let address =
            prop::option::of(prop::sample::select(vec!["Bản Phố, Bắc Hà, Lào Cai", "Xã Bản Mẫu", "Số 1/2-A"]));
        let sex = prop::option::of(prop::sample::select(vec![Sex::Male, Sex::Female]));
        let extra = prop::collection::vec(prop::sample::select(vec!["", "099060000001", " A Páo ", "?"]), 0..8);
        let dress =
            (any::<bool>(), any::<bool>(), prop::sample::select(vec!["", "\r", "\r\n", "\t", "\n"]), any::<bool>());
        (
            number,
            prop::option::of("[0-9]{9}"),
            name,
            prop::option::of(born),
            sex,
            address,
            prop::option::of(day),
            extra,
            dress,
        )
            .prop_map(
                |(
                    (place, century, year, rest),
                    old_number,
                    name,
                    born,
                    sex,
                    address,
                    issued,
                    extra,
                    (mark, decompose, end, bare_sex),
                )| {
                    let number = format!("{place}{century}{year:02}{rest:06}");
                    let born = born.map(|(y, m, d)| PartialDate::of(y, m, d).expect("a date"));
                    let born_text = match born {
                        None => String::new(),
                        Some(PartialDate::Year(y)) if rest % 2 == 0 => format!("{y}"),
                        Some(PartialDate::Year(y)) => format!("0000{y}"),
                        Some(PartialDate::Month(y, m)) => format!("00{m:02}{y}"),
                        Some(PartialDate::Day(d)) => format!("{:02}{:02}{}", d.day(), d.month(), d.year()),
                    };
                    let sex_text = match (sex, bare_sex) {
                        (None, _) => "",
                        (Some(Sex::Male), false) => "Nam",
                        (Some(Sex::Male), true) => "NAM",
                        (Some(Sex::Female), false) => "Nữ",
                        (Some(Sex::Female), true) => "Nu",
                    };
                    let issued_text =
                        issued.map(|d| format!("{:02}{:02}{}", d.day(), d.month(), d.year())).unwrap_or_default();
                    let mut fields = vec![
                        number.clone(),
                        old_number.clone().unwrap_or_default(),
                        name.into(),
                        born_text,
                        sex_text.into(),
                        address.unwrap_or_default().into(),
                        issued_text,
                    ];
                    fields.extend(extra.iter().map(|e| (*e).to_owned()));
                    let mut text = fields.join("|");
                    // The last field's own spaces cannot be told from those a scanner adds.
                    let mut extra: Vec<String> = extra.into_iter().map(str::to_owned).collect();
                    if let Some(last) = extra.last_mut() {
                        *last = last.trim_end().to_owned();
                    }
                    if decompose {
                        text = text.nfd().collect();
                        extra = extra.iter().map(|e| e.nfd().collect()).collect();
                    }
                    let text = format!("{}{text}{end}", if mark { "\u{feff}" } else { "" });
                    let card = Card {
                        number: CitizenId::parse(&number).expect("12 digits"),
                        old_number,
                        name: PersonName::parse(name).expect("a name"),
                        born,
                        sex,
                        address: address.map(str::to_owned),
                        issued,
                        extra,
                    };
                    (card, text)
                },
            )
    }

    proptest! {
        #[test]
        fn a_card_reads_back_as_it_was_written((expected, text) in written()) {
            let (card, _) = Card::read(&text).expect("a card");
            prop_assert_eq!(card, expected);
        }

        #[test]
        fn a_warning_about_the_number_is_raised_exactly_when_it_disagrees((card, text) in written()) {
            let (_, warnings) = Card::read(&text).expect("a card");
            let raised = |test: fn(&Warning) -> bool| warnings.iter().any(test);
            prop_assert_eq!(raised(|w| matches!(w, Warning::SexDisagrees { .. })), card.sex.is_some_and(|s| s != card.number.sex()));
            prop_assert_eq!(raised(|w| matches!(w, Warning::BirthYearDisagrees { .. })), card.born.is_some_and(|b| b.year() != card.number.birth_year()));
            prop_assert_eq!(raised(|w| matches!(w, Warning::UnknownPlace { .. })), card.number.place_code() == "000");
        }

        #[test]
        fn a_torn_or_smudged_card_never_fails((_, text) in written(), cut in 0usize..200, smudge in any::<char>(), at in 0usize..200) {
            let torn: String = text.chars().take(cut).collect();
            let smudged: String = text.chars().enumerate().map(|(i, c)| if i == at { smudge } else { c }).collect();
            for damaged in [torn, smudged] {
                if let Some((card, _)) = Card::read(&damaged) {
                    prop_assert_eq!(card.number.as_str().len(), 12);
                    let _ = card.warnings_on(date(2026, 11, 22));
                }
            }
        }
    }
}
