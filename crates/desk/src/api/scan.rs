//! Reading a code: from a picture file, from a picture in memory (a camera's frame, a dropped file), or as the text that a
//! keyboard-wedge scanner typed or a person pasted. Nothing is stored and no desk needs to be open.

use super::people::Sex;
use crate::error::{Code, Error, Result};
use crate::scan::{self, picture};
use crate::texts::{self, Language};
use domain::card::{self, Card, Kind, LONGEST_TEXT, Scanned, Warning};
use domain::person::{PartialDate, Sex as DomainSex};
use jiff::civil::Date;
use serde::Serialize;
use std::path::Path;
use std::time::Instant;
use ts_rs::TS;

/// What a code is, what a card says, and what to look at twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ScanView {
    /// What the code turned out to be.
    pub kind: ScanKind,
    /// The code's text as it came.
    pub text: String,
    /// What the card says; `null` for every other kind.
    pub card: Option<CardView>,
    /// What an officer should look at twice; nothing of it stops the work.
    pub warnings: Vec<WarningView>,
    /// The dossier's number, where the code is a receipt's; absent for every other kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub code: Option<String>,
}

/// The kinds of codes people hold out at a desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum ScanKind {
    /// Thẻ căn cước.
    Card,
    /// VNeID's live code.
    Vneid,
    /// Thẻ bảo hiểm y tế.
    Bhyt,
    /// A bank transfer to be paid.
    VietQr,
    /// A desk's receipt.
    Receipt,
    /// A web address.
    Url,
    /// Anything else.
    Text,
}

/// What an identity card says. Dates are `YYYY-MM-DD`, or `YYYY-MM` and `YYYY` for a birth known in part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CardView {
    /// Số định danh cá nhân, 12 digits.
    pub number: String,
    /// Số CMND cũ.
    pub old_number: Option<String>,
    /// Họ và tên as the card writes it.
    pub name: String,
    /// Ngày sinh.
    pub born: Option<String>,
    /// Giới tính.
    pub sex: Option<Sex>,
    /// Nơi thường trú or nơi cư trú.
    pub address: Option<String>,
    /// Ngày cấp.
    pub issued: Option<String>,
    /// Further fields of newer cards, exactly as they stand.
    pub extra: Vec<String>,
}

/// A warning: a code for programs, a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "Warning")]
pub struct WarningView {
    /// The same in every language and release.
    pub code: String,
    /// The sentence.
    pub text: String,
}

/// Reads a picture file. Of several codes the one that helps most is taken: a card, then a receipt.
///
/// Errors: `file_unreadable`, `picture_unreadable`, `picture_too_large`, `no_code`, `text_too_long`.
pub fn file(language: Language, path: &Path, today: Date) -> Result<ScanView> {
    most_helpful(language, scan::read_file(path)?, today, &picture::name(path))
}

/// Reads a picture in memory; `name` is what errors call it. Errors as for [`file`], without `file_unreadable`.
pub fn picture(language: Language, bytes: &[u8], name: &str, today: Date) -> Result<ScanView> {
    most_helpful(language, scan::texts(&picture::read(bytes, name)?), today, name)
}

/// Reads a text as a scanner typed it or a person pasted it.
///
/// Errors: `text_too_long`.
pub fn text(language: Language, text: &str, today: Date) -> Result<ScanView> {
    Ok(view(language, text, &read(text)?, today))
}

/// The card in a view's text, for taking in a dossier.
///
/// Errors: `not_a_card`, `text_too_long`.
pub fn card(language: Language, text: &str) -> Result<Card> {
    match read(text)?.kind {
        Kind::Card(card) => Ok(*card),
        other => Err(Error::new(Code::NotACard).with("kind", texts::text(language, kind(&other).words(), &[]))),
    }
}

/// All texts in a picture file, and the milliseconds that finding them took, opening and unpacking not counted.
///
/// Errors: `file_unreadable`, `picture_unreadable`, `picture_too_large`.
pub fn texts(path: &Path) -> Result<(Vec<String>, f64)> {
    let picture = picture::open(path)?;
    let begun = Instant::now();
    let texts = scan::texts(&picture);
    Ok((texts, begun.elapsed().as_secs_f64() * 1000.0))
}

fn read(text: &str) -> Result<Scanned> {
    if text.chars().count() > LONGEST_TEXT {
        return Err(Error::new(Code::TextTooLong).with("limit", LONGEST_TEXT));
    }
    Ok(card::read(text))
}

fn most_helpful(language: Language, texts: Vec<String>, today: Date, name: &str) -> Result<ScanView> {
    let views: Result<Vec<ScanView>> = texts.iter().map(|found| text(language, found, today)).collect();
    let view = views?.into_iter().min_by_key(|view| view.kind.rank());
    view.ok_or_else(|| Error::new(Code::NoCode).with("file", name))
}

impl ScanKind {
    /// Order of use to an officer who holds out a picture with several codes.
    fn rank(self) -> u8 {
        match self {
            Self::Card => 0,
            Self::Receipt => 1,
            Self::Vneid => 2,
            Self::Bhyt => 3,
            Self::VietQr => 4,
            Self::Url => 5,
            Self::Text => 6,
        }
    }

    /// The key of the words that name it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Card => "scan_kind_card",
            Self::Vneid => "scan_kind_vneid",
            Self::Bhyt => "scan_kind_bhyt",
            Self::VietQr => "scan_kind_vietqr",
            Self::Receipt => "scan_kind_receipt",
            Self::Url => "scan_kind_url",
            Self::Text => "scan_kind_text",
        }
    }
}

fn kind(kind: &Kind) -> ScanKind {
    match kind {
        Kind::Card(_) => ScanKind::Card,
        Kind::Vneid => ScanKind::Vneid,
        Kind::Bhyt(_) => ScanKind::Bhyt,
        Kind::VietQr(_) => ScanKind::VietQr,
        Kind::Receipt(_) => ScanKind::Receipt,
        Kind::Url(_) => ScanKind::Url,
        Kind::Text => ScanKind::Text,
    }
}

fn view(language: Language, text: &str, scanned: &Scanned, today: Date) -> ScanView {
    let card = match &scanned.kind {
        Kind::Card(card) => Some(CardView::from(&**card)),
        _ => None,
    };
    let warnings = scanned.warnings_on(today).iter().map(|warning| WarningView::of(language, warning)).collect();
    let code = match &scanned.kind {
        Kind::Receipt(receipt) => Some(receipt.code.as_str().to_owned()),
        _ => None,
    };
    ScanView { kind: kind(&scanned.kind), text: text.to_owned(), card, warnings, code }
}

impl From<&Card> for CardView {
    fn from(card: &Card) -> Self {
        Self {
            number: card.number.as_str().to_owned(),
            old_number: card.old_number.clone(),
            name: card.name.as_str().to_owned(),
            born: card.born.map(PartialDate::iso),
            sex: card.sex.map(Sex::from),
            address: card.address.clone(),
            issued: card.issued.map(|day| day.to_string()),
            extra: card.extra.clone(),
        }
    }
}

impl WarningView {
    /// A card's warning in words.
    pub fn of(language: Language, warning: &Warning) -> Self {
        let sex = |sex: &DomainSex| {
            let key = match sex {
                DomainSex::Male => "sex_male",
                DomainSex::Female => "sex_female",
            };
            texts::text(language, key, &[])
        };
        let (code, params) = match warning {
            Warning::SexDisagrees { number, card } => {
                ("sex_disagrees", vec![("number", sex(number)), ("card", sex(card))])
            }
            Warning::BirthYearDisagrees { number, card } => {
                ("birth_year_disagrees", vec![("number", number.to_string()), ("card", card.to_string())])
            }
            Warning::UnknownPlace { code } => ("unknown_place", vec![("place", code.clone())]),
            Warning::NameGarbled => ("name_garbled", vec![]),
            Warning::BornUnreadable { text } => ("born_unreadable", vec![("field", text.clone())]),
            Warning::SexUnreadable { text } => ("sex_unreadable", vec![("field", text.clone())]),
            Warning::IssuedUnreadable { text } => ("issued_unreadable", vec![("field", text.clone())]),
            Warning::Expired { until } => ("card_expired", vec![("until", PartialDate::Day(*until).vietnamese())]),
            Warning::DatesImpossible => ("dates_impossible", vec![]),
            Warning::PaymentDamaged => ("payment_damaged", vec![]),
        };
        Self { code: code.to_owned(), text: texts::text(language, &format!("warning_{code}"), &params) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use serde_json::json;

    const TODAY: Date = date(2026, 11, 22);

    fn of(code: &str) -> ScanView {
        text(Language::English, code, TODAY).expect("short enough")
    }

    #[test]
    fn a_card_is_shown_as_json_with_what_it_leaves_out_as_null() {
        let shown = of("099150012345||LÒ THỊ MAI|00001950|Nữ||15082024||||\r");
        assert_eq!(
            serde_json::to_value(shown).expect("JSON"),
            json!({
                "kind": "card",
                "text": "099150012345||LÒ THỊ MAI|00001950|Nữ||15082024||||\r",
                "card": {
                    "number": "099150012345", "old_number": null, "name": "LÒ THỊ MAI", "born": "1950",
                    "sex": "female", "address": null, "issued": "2024-08-15", "extra": ["", "", "", ""],
                },
                "warnings": [],
            })
        );
    }

    #[test]
    fn other_codes_have_a_kind_and_no_card() {
        for (code, kind) in [
            ("https://dichvucong.gov.vn/", "url"),
            ("https://vneid.gov.vn/x", "vneid"),
            ("MOTCUA:H56.14-261122-07042:7K3M", "receipt"),
            ("xin chào", "text"),
        ] {
            let json = serde_json::to_value(of(code)).expect("JSON");
            assert_eq!((&json["kind"], &json["card"]), (&json!(kind), &json!(null)), "{code}");
        }
    }

    /// One of each. A new warning is added here, or the match below does not compile.
    fn every_warning() -> Vec<Warning> {
        let text = || String::from("?");
        let all = vec![
            Warning::SexDisagrees { number: DomainSex::Male, card: DomainSex::Female },
            Warning::BirthYearDisagrees { number: 1995, card: 1994 },
            Warning::UnknownPlace { code: "003".into() },
            Warning::NameGarbled,
            Warning::BornUnreadable { text: text() },
            Warning::SexUnreadable { text: text() },
            Warning::IssuedUnreadable { text: text() },
            Warning::Expired { until: TODAY },
            Warning::DatesImpossible,
            Warning::PaymentDamaged,
        ];
        for warning in &all {
            match warning {
                Warning::SexDisagrees { .. }
                | Warning::BirthYearDisagrees { .. }
                | Warning::UnknownPlace { .. }
                | Warning::NameGarbled
                | Warning::BornUnreadable { .. }
                | Warning::SexUnreadable { .. }
                | Warning::IssuedUnreadable { .. }
                | Warning::Expired { .. }
                | Warning::DatesImpossible
                | Warning::PaymentDamaged => {}
            }
        }
        all
    }

    #[test]
    fn every_warning_has_a_whole_sentence_in_both_languages() {
        for language in [Language::Vietnamese, Language::English] {
            for warning in every_warning() {
                let said = WarningView::of(language, &warning);
                assert!(said.text.ends_with('.') && !said.text.contains(['{', '}']), "{}: {}", said.code, said.text);
            }
        }
    }

    #[test]
    fn every_kind_has_a_name_in_both_languages() {
        use ScanKind::{Bhyt, Card, Receipt, Text, Url, VietQr, Vneid};
        for language in [Language::Vietnamese, Language::English] {
            for kind in [Card, Vneid, Bhyt, VietQr, Receipt, Url, Text] {
                assert_ne!(texts::text(language, kind.words(), &[]), kind.words());
            }
        }
    }

    #[test]
    fn a_dossier_is_taken_in_with_a_card_alone() {
        let an = "099095012345||Nguyễn Văn An|25101995|Nam|Số 1|10122021";
        assert_eq!(card(Language::English, an).expect("a card").name.as_str(), "Nguyễn Văn An");
        let refused = card(Language::Vietnamese, "https://vneid.gov.vn/x").expect_err("no card");
        assert_eq!(refused.code(), Code::NotACard);
        assert!(texts::sentences(Language::Vietnamese, &refused).what.contains("VNeID"));
    }

    #[test]
    fn a_text_bomb_is_refused_by_its_length_in_letters() {
        assert!(text(Language::English, &"ế".repeat(LONGEST_TEXT), TODAY).is_ok());
        let refused = text(Language::English, &"|".repeat(LONGEST_TEXT + 1), TODAY).expect_err("too long");
        assert_eq!(refused.code(), Code::TextTooLong);
    }

    #[test]
    fn of_several_codes_the_card_is_taken() {
        let texts = ["https://example.vn/", "099095012345||Nguyễn Văn An|25101995|Nam|Số 1|10122021", "chữ"];
        let taken = most_helpful(Language::English, texts.map(str::to_owned).to_vec(), TODAY, "x").expect("a code");
        assert_eq!(taken.kind, ScanKind::Card);
        let none = most_helpful(Language::English, vec![], TODAY, "anh.png").expect_err("nothing");
        assert_eq!((none.code(), none.params()), (Code::NoCode, &[("file", "anh.png".to_owned())][..]));
    }
}
