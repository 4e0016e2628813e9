//! Papers that are asked for in some cases only ("nếu ủy quyền"): the conditions as questions with yes or no, each asked once.
//!
//! What the form says already is not asked: whether the file came by post, whether somebody else hands it in.

use super::{Channel, Procedure, RequiredPaper};
use crate::text::fold;

/// An answer to a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The condition in the catalogue's words ([`parts`]).
    pub condition: String,
    /// Whether it holds.
    pub yes: bool,
}

/// What the form says already.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// How the file came.
    pub channel: Channel,
    /// What the submitter is to the applicant, where somebody else hands the file in.
    pub relation: Option<&'a str>,
    /// Whether a birth is registered: parents, grandparents and relatives do that without an authorisation, as long as the
    /// parents agree (TT 04/2020/TT-BTP, Điều 2).
    pub registers_birth: bool,
}

/// Whether a paper is to be brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It is.
    Needed,
    /// It is not, in this case.
    NotNeeded,
    /// It is welcome ("nếu có"), never missing.
    Optional,
    /// Nobody has said yet whether its condition holds.
    Open,
}

/// The conditions a paper's words join: "chỗ ở do thuê; không khai thác được thông tin" asks two things. Exceptions and
/// explanations stay with what they belong to.
pub fn parts(condition: &str) -> Vec<&str> {
    const LOOK_UP: &str = "không khai thác được";
    let joints = ["; ", " và "].into_iter().find_map(|joint| {
        let (first, rest) = condition.split_once(joint)?;
        rest.starts_with(LOOK_UP).then_some((first, rest))
    });
    match joints {
        Some((first, rest)) => vec![first.trim(), rest.trim()],
        None if is_optional(condition) || condition.trim().is_empty() => vec![],
        None => vec![condition.trim()],
    }
}

/// "Nếu có" alone.
fn is_optional(condition: &str) -> bool {
    fold(condition) == "neu co"
}

/// What the form says about a condition; `None` where somebody has to be asked.
pub fn follows(condition: &str, situation: &Situation<'_>) -> Option<bool> {
    let folded = fold(condition);
    let starts = |words: &str| folded.starts_with(words);
    if starts("gui qua buu chinh") || starts("qua buu chinh") {
        return Some(situation.channel == Channel::Post);
    }
    if starts("uy quyen cho to chuc") {
        return situation.relation.is_none().then_some(false);
    }
    if starts("uy quyen") {
        let relation = situation.relation;
        return Some(relation.is_some_and(|relation| !(situation.registers_birth && is_relative(relation))));
    }
    if starts("lam thu tuc qua nguoi dai dien") {
        return Some(situation.relation.is_some());
    }
    None
}

/// Whether a relation's words name somebody whose written authorisation need not be certified in matters of civil status:
/// grandparents, parents, children, spouses, brothers and sisters (TT 04/2020/TT-BTP, Điều 2).
pub fn is_close_relative(relation: &str) -> bool {
    const CLOSE: [&str; 11] = ["ong", "ba", "cha", "bo", "me", "con", "vo", "chong", "anh", "chi", "em"];
    const FURTHER: [&str; 4] = ["ho", "dau", "re", "nuoi"];
    let folded = fold(relation);
    let mut words = folded.split(' ');
    words.next().is_some_and(|first| CLOSE.contains(&first)) && !words.any(|word| FURTHER.contains(&word))
}

/// Whether a relation's words name a relative (người thân thích), near or far.
fn is_relative(relation: &str) -> bool {
    const FAR: [&str; 9] = ["chau", "co", "di", "chu", "bac", "cau", "mo", "thim", "duong"];
    /// "Bác sĩ", "cô giáo".
    const NOT: [&str; 2] = ["si", "giao"];
    let folded = fold(relation);
    let first = folded.split(' ').next().unwrap_or_default();
    is_close_relative(relation) || FAR.contains(&first) && !folded.split(' ').any(|word| NOT.contains(&word))
}

/// Whether a paper is to be brought, by what the form says and what was answered.
pub fn need(paper: &RequiredPaper, situation: &Situation<'_>, answers: &[Answer]) -> Need {
    if is_optional(&paper.condition) {
        return Need::Optional;
    }
    let said: Vec<Option<bool>> =
        parts(&paper.condition).into_iter().map(|part| holds(part, situation, answers)).collect();
    if said.contains(&Some(false)) {
        Need::NotNeeded
    } else if said.contains(&None) {
        Need::Open
    } else {
        Need::Needed
    }
}

/// Whether a condition holds, as far as the form or an answer says.
fn holds(part: &str, situation: &Situation<'_>, answers: &[Answer]) -> Option<bool> {
    let folded = fold(part);
    follows(part, situation)
        .or_else(|| answers.iter().rev().find(|answer| fold(&answer.condition) == folded).map(|answer| answer.yes))
}

/// What has to be asked for a procedure's papers: every condition once, in the order of the papers. A condition that matters
/// only together with one before it that does not hold is left out.
pub fn questions<'a>(procedure: &'a Procedure, situation: &Situation<'_>, answers: &[Answer]) -> Vec<&'a str> {
    let mut asked: Vec<&str> = Vec::new();
    for paper in &procedure.papers {
        let all = parts(&paper.condition);
        for part in &all {
            let before = all.iter().take_while(|other| *other != part);
            let idle = before.into_iter().any(|other| holds(other, situation, answers) == Some(false));
            let known = asked.iter().any(|before| fold(before) == fold(part));
            if !idle && !known && follows(part, situation).is_none() {
                asked.push(part);
            }
        }
    }
    asked
}

#[cfg(test)]
mod tests {
    use super::super::tests::bare;
    use super::*;

    const NOBODY: Situation<'_> = Situation { channel: Channel::Counter, relation: None, registers_birth: false };
    const RELATIVE: &str = "ủy quyền; người được ủy quyền là ông, bà, cha, mẹ, con, vợ, chồng, anh, chị, em ruột thì không phải chứng thực";

    fn paper(condition: &str) -> RequiredPaper {
        RequiredPaper {
            name: format!("Giấy khi {condition}"),
            originals: 1,
            copies: 0,
            condition: condition.into(),
            doubt: String::new(),
        }
    }

    fn said(condition: &str, yes: bool) -> Answer {
        Answer { condition: condition.into(), yes }
    }

    #[test]
    fn the_form_answers_what_it_knows() {
        let sent = Situation { channel: Channel::Post, ..NOBODY };
        let son = Situation { relation: Some("con"), ..NOBODY };
        let grandmother = Situation { relation: Some("bà nội của cháu"), registers_birth: true, ..NOBODY };
        let nephew = Situation { relation: Some("cháu"), registers_birth: true, ..NOBODY };
        let doctor = Situation { relation: Some("bác sĩ"), registers_birth: true, ..NOBODY };
        let neighbour = Situation { relation: Some("hàng xóm"), registers_birth: true, ..NOBODY };
        for (condition, situation, answer) in [
            ("gửi qua bưu chính", NOBODY, Some(false)),
            ("gửi qua bưu chính", sent, Some(true)),
            ("qua bưu chính công ích", sent, Some(true)),
            (RELATIVE, NOBODY, Some(false)),
            (RELATIVE, son, Some(true)),
            (RELATIVE, grandmother, Some(false)),
            (RELATIVE, neighbour, Some(true)),
            (RELATIVE, nephew, Some(false)),
            (RELATIVE, doctor, Some(true)),
            ("ủy quyền cho cá nhân", son, Some(true)),
            ("ủy quyền cho tổ chức làm dịch vụ, bưu chính không phải công ích", NOBODY, Some(false)),
            ("ủy quyền cho tổ chức làm dịch vụ, bưu chính không phải công ích", son, None),
            ("làm thủ tục qua người đại diện", NOBODY, Some(false)),
            ("không có giấy chứng sinh", sent, None),
        ] {
            assert_eq!(follows(condition, &situation), answer, "{condition}, {situation:?}");
        }
    }

    #[test]
    fn a_condition_is_asked_once_for_all_its_papers() {
        let look_up = "không khai thác được thông tin từ cơ sở dữ liệu";
        let mut procedure = bare("1.009001", "Đăng ký tạm trú", "Cư trú");
        procedure.papers = [
            "",
            "chỗ ở thuộc sở hữu của mình; không khai thác được thông tin từ cơ sở dữ liệu",
            "chỗ ở do thuê, mượn, ở nhờ; không khai thác được thông tin từ cơ sở dữ liệu",
            look_up,
            "gửi qua bưu chính",
            "nếu có",
        ]
        .map(paper)
        .to_vec();
        let asked = questions(&procedure, &NOBODY, &[]);
        assert_eq!(asked, ["chỗ ở thuộc sở hữu của mình", look_up, "chỗ ở do thuê, mượn, ở nhờ"]);
        let needs = |answers: &[Answer]| -> Vec<Need> {
            procedure.papers.iter().map(|paper| need(paper, &NOBODY, answers)).collect()
        };
        use Need::{Needed, NotNeeded, Open, Optional};
        assert_eq!(needs(&[]), [Needed, Open, Open, Open, NotNeeded, Optional]);
        let answers = [said("chỗ ở do thuê, mượn, ở nhờ", true), said(asked[0], false), said(look_up, true)];
        assert_eq!(needs(&answers), [Needed, NotNeeded, Needed, Needed, NotNeeded, Optional]);
        let none = [said(asked[0], false), said(look_up, false)];
        assert_eq!(needs(&none)[2], NotNeeded, "one that does not hold is enough");
        procedure.papers.truncate(3);
        let neither = [said("chỗ ở thuộc sở hữu của mình", false), said("chỗ ở do thuê, mượn, ở nhờ", false)];
        let asked = questions(&procedure, &NOBODY, &neither);
        assert_eq!(asked, ["chỗ ở thuộc sở hữu của mình", "chỗ ở do thuê, mượn, ở nhờ"], "only what still matters");
    }

    #[test]
    fn exceptions_stay_with_their_condition() {
        for whole in [
            RELATIVE,
            "cán bộ, công chức, viên chức, lực lượng vũ trang; không cần nếu khai thác được từ cơ sở dữ liệu",
            "từng thường trú ở nhiều nơi, nếu có",
        ] {
            assert_eq!(parts(whole), [whole]);
        }
        assert_eq!(parts("nếu có"), [""; 0]);
        assert_eq!(parts(""), [""; 0]);
    }

    #[test]
    fn close_relatives_are_those_the_circular_names() {
        for (relation, close) in [
            ("con", true),
            ("Vợ", true),
            ("mẹ đẻ", true),
            ("em ruột", true),
            ("anh họ", false),
            ("con dâu", false),
            ("", false),
            ("hàng xóm", false),
        ] {
            assert_eq!(is_close_relative(relation), close, "{relation}");
        }
    }
}
