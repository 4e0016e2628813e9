//! Lists of papers as catalogues give them, sorted into papers to bring and things to know: the portal's texts put
//! headings, advice and rules among the papers.

use domain::catalogue::RequiredPaper;
use domain::text::{fold, tidy};

/// More of one paper than this is no count but a stray number (the portal has 20,251).
const MOST: u64 = 20;

/// A condition longer than this is cut for the list; the paper's name keeps it whole.
const CONDITION_CHARS: usize = 120;

/// One line of a source, with the counts beside it.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its words.
    pub words: String,
    /// Originals asked for.
    pub originals: u64,
    /// Copies asked for.
    pub copies: u64,
}

/// What a list came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sorted {
    /// Papers to bring, those always asked for first, each name once.
    pub papers: Vec<RequiredPaper>,
    /// Things to know that stood among them.
    pub notes: Vec<String>,
    /// How many lines stood among the papers and are none.
    pub moved: usize,
    /// How many papers name something without force today.
    pub outdated: usize,
    /// How many counts were no counts.
    pub miscounted: usize,
}

/// Sorts the lines of a source.
pub fn sort(lines: impl IntoIterator<Item = Line>) -> Sorted {
    let mut sorted = Sorted::default();
    for line in lines {
        let words = without_file_name(&tidy(&line.words));
        if words.is_empty() {
            continue;
        }
        if (line.originals == 0 && line.copies == 0) || is_advice(&words) {
            sorted.moved += 1;
            // A line that ends with a colon is the heading of what follows.
            if !words.ends_with(':') && !sorted.notes.contains(&words) {
                sorted.notes.push(words);
            }
            continue;
        }
        if sorted.papers.iter().any(|paper| paper.name == words) {
            continue;
        }
        let mut doubts = outdated(&words);
        sorted.outdated += usize::from(!doubts.is_empty());
        let stray = line.originals.max(line.copies) > MOST;
        if stray {
            sorted.miscounted += 1;
            doubts.push(format!("Nguồn ghi {} bản chính, {} bản sao.", line.originals, line.copies));
        }
        sorted.papers.push(RequiredPaper {
            condition: condition(&words),
            originals: count(line.originals),
            copies: count(line.copies),
            doubt: doubts.join(" "),
            name: words,
        });
    }
    sorted.papers.sort_by_key(|paper| !paper.condition.is_empty());
    sorted
}

/// Whether a line tells how to go about the papers instead of naming one.
fn is_advice(words: &str) -> bool {
    let folded = fold(words);
    let spared = ["thi khong phai", "khong yeu cau", "duoc thay the bang", "co trach nhiem"];
    folded.starts_with("luu y")
        || folded.starts_with("truong hop ") && spared.iter().any(|phrase| folded.contains(phrase))
}

/// One paper instead of a stray number.
fn count(number: u64) -> u16 {
    if number > MOST { 1 } else { u16::try_from(number).unwrap_or(1) }
}

/// What a paper names that has no force any more.
fn outdated(words: &str) -> Vec<String> {
    let folded = format!(" {} ", fold(words));
    let gone = [
        (&["so ho khau", "ho khau"][..], "Nêu hộ khẩu: sổ hộ khẩu không còn giá trị từ 01/01/2023."),
        (&["cap huyen", "uy ban nhan dan huyen", "phong tu phap"], "Nêu cấp huyện: đã bỏ từ 01/07/2025."),
        (&["chung minh nhan dan", "cmnd"], "Nêu Chứng minh nhân dân: hết giá trị từ 01/01/2025."),
    ];
    gone.into_iter()
        .filter(|(names, _)| names.iter().any(|name| folded.contains(&format!(" {name} "))))
        .map(|(_, doubt)| doubt.to_owned())
        .collect()
}

/// When a paper is asked for, as far as its own words say so.
fn condition(words: &str) -> String {
    let lower = words.to_lowercase();
    let behind = |start: &str| lower.find(start).and_then(|at| words.get(at + start.len()..));
    let stated = if let Some(rest) = lower.strip_prefix("trường hợp ") {
        let length = rest.find(" thì ").or_else(|| rest.find(", ")).unwrap_or(rest.len());
        words.get("trường hợp ".len()..).and_then(|whole| whole.get(..length)).unwrap_or(rest)
    } else if let Some(rest) = behind("đối với trường hợp ").or_else(|| behind("trong trường hợp ")) {
        rest
    } else if lower.contains("nếu có") {
        "nếu có"
    } else if let Some(rest) = behind("(nếu ").or_else(|| behind(" đối với ")) {
        rest
    } else {
        return String::new();
    };
    let stated = stated.split(['.', ';', ')']).next().unwrap_or_default().trim();
    if stated.chars().count() <= CONDITION_CHARS {
        stated.to_owned()
    } else {
        let cut: String = stated.chars().take(CONDITION_CHARS).collect();
        format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole))
    }
}

/// The portal glues the name of a form's file to the paper's: "…/TT-BCA).1.MuCT01banhnhkm.doc".
fn without_file_name(words: &str) -> String {
    let lower = words.to_lowercase();
    let Some(stem) = [".doc", ".docx", ".pdf", ".xls", ".xlsx"].iter().find_map(|end| lower.strip_suffix(end)) else {
        return words.to_owned();
    };
    // The file's name holds no white space but before "(3)".
    let mut start = 0;
    for (at, _) in stem.match_indices(' ') {
        if !stem.get(at + 1..).is_some_and(|next| next.starts_with('(')) {
            start = at + 1;
        }
    }
    let glued =
        stem.get(start..).and_then(|token| token.find([';', ')']).map(|at| (start + at, token.as_bytes().get(at))));
    match glued {
        Some((at, Some(b')'))) => words.get(..=at).unwrap_or(words).to_owned(),
        Some((at, _)) => words.get(..at).unwrap_or(words).to_owned(),
        None => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(words: &str, originals: u64, copies: u64) -> Line {
        Line { words: words.into(), originals, copies }
    }

    #[test]
    fn papers_come_first_and_advice_is_no_paper() {
        let sorted = sort([
            line("Trường hợp trẻ em bị bỏ rơi thì phải có biên bản về việc trẻ bị bỏ rơi", 1, 0),
            line("Lưu ý: - Cá nhân có quyền lựa chọn nơi nộp", 0, 0),
            line("Đối với giấy tờ nộp, xuất trình:", 0, 0),
            line("Giấy chứng sinh", 1, 0),
            line("Giấy chứng sinh", 1, 0),
            line("Bản sao Sổ hộ khẩu hoặc Giấy chứng minh nhân dân", 0, 1),
            line("Đơn đăng ký biến động theo Mẫu số", 181, 1),
            line("Mảnh trích đo (nếu có)", 1, 0),
            line("Giấy khai sinh đối với người chưa đủ 14 tuổi; bản chụp", 0, 1),
            line("Trường hợp đã có trong cơ sở dữ liệu thì không phải nộp", 1, 0),
        ]);
        let names: Vec<_> = sorted.papers.iter().map(|paper| (paper.name.as_str(), paper.condition.as_str())).collect();
        assert_eq!(
            names,
            [
                ("Giấy chứng sinh", ""),
                ("Bản sao Sổ hộ khẩu hoặc Giấy chứng minh nhân dân", ""),
                ("Đơn đăng ký biến động theo Mẫu số", ""),
                ("Trường hợp trẻ em bị bỏ rơi thì phải có biên bản về việc trẻ bị bỏ rơi", "trẻ em bị bỏ rơi"),
                ("Mảnh trích đo (nếu có)", "nếu có"),
                ("Giấy khai sinh đối với người chưa đủ 14 tuổi; bản chụp", "người chưa đủ 14 tuổi"),
            ]
        );
        assert_eq!(
            sorted.notes,
            ["Lưu ý: - Cá nhân có quyền lựa chọn nơi nộp", "Trường hợp đã có trong cơ sở dữ liệu thì không phải nộp"]
        );
        assert_eq!((sorted.moved, sorted.outdated, sorted.miscounted), (3, 1, 1));
        let doubts: Vec<_> = sorted.papers.iter().map(|paper| paper.doubt.as_str()).collect();
        assert!(doubts[1].contains("hộ khẩu") && doubts[1].contains("Chứng minh nhân dân"), "{doubts:?}");
        assert_eq!((sorted.papers[2].originals, doubts[2]), (1, "Nguồn ghi 181 bản chính, 1 bản sao."));
    }

    #[test]
    fn the_name_of_a_forms_file_is_no_part_of_a_paper() {
        for (glued, name) in [
            (
                "Tờ khai (Mẫu CT01, Thông tư số 53/2025/TT-BCA).1.MuCT01banhnhkm (3).doc",
                "Tờ khai (Mẫu CT01, Thông tư số 53/2025/TT-BCA)",
            ),
            ("Đơn xin nhận con nuôi;1.nxinnhnconnui.doc", "Đơn xin nhận con nuôi"),
            ("Giấy đề nghị theo mẫu.", "Giấy đề nghị theo mẫu."),
            ("mẫu.pdf", "mẫu.pdf"),
        ] {
            assert_eq!(without_file_name(glued), name);
        }
    }

    proptest! {
        #[test]
        fn no_list_is_too_strange(lines in proptest::collection::vec((any::<String>(), any::<u64>(), any::<u64>()), 0..8)) {
            let sorted = sort(lines.iter().map(|(words, originals, copies)| line(words, *originals, *copies)));
            prop_assert!(sorted.papers.len() + sorted.moved <= lines.len());
        }
    }
}
