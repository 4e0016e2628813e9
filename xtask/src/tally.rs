//! Counting passed and failed tests out of what the test runners print.

/// How many tests passed and failed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that failed.
    pub failed: u64,
}

impl Tally {
    /// Adds what a line of output says. It knows the summaries of cargo test (`test result: ok. 3 passed; 0 failed; …`),
    /// vitest (`Tests  1 failed | 2 passed (3)`) and node's own runner (`# pass 3`, `ℹ fail 0`).
    pub fn read(&mut self, line: &str) {
        let plain = without_colour(line);
        let words: Vec<&str> = plain.split([' ', ';', '.', '|']).filter(|word| !word.is_empty()).collect();
        match words.as_slice() {
            ["test", "result:", rest @ ..] | ["Tests", rest @ ..] => {
                for pair in rest.windows(2) {
                    if let [count, word] = pair {
                        self.add(word, count);
                    }
                }
            }
            ["#" | "ℹ", word @ ("pass" | "fail"), count] => self.add(&format!("{word}ed"), count),
            _ => {}
        }
    }

    fn add(&mut self, word: &str, count: &str) {
        let count = count.parse::<u64>().unwrap_or_default();
        match word {
            "passed" => self.passed += count,
            "failed" => self.failed += count,
            _ => {}
        }
    }
}

/// A line without the escape sequences that colour it.
fn without_colour(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.read(line));
        tally
    }

    #[test]
    fn every_runner_is_understood() {
        let cargo = "test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.3s";
        assert_eq!(tally(&[cargo]), Tally { passed: 12, failed: 2 });
        assert_eq!(tally(&["      Tests  1 failed | 20 passed | 3 skipped (24)"]), Tally { passed: 20, failed: 1 });
        assert_eq!(tally(&["# pass 7", "# fail 1", "ℹ pass 2", "ℹ fail 0"]), Tally { passed: 9, failed: 1 });
    }

    #[test]
    fn colours_do_not_hide_a_count() {
        let line =
            "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m5 passed\u{1b}[39m\u{1b}[22m\u{1b}[90m (5)\u{1b}[39m";
        assert_eq!(tally(&[line]), Tally { passed: 5, failed: 0 });
    }

    #[test]
    fn other_lines_count_nothing() {
        let lines =
            ["test desk::opens ... ok", " Test Files  2 passed (2)", "9 passed, 0 failed", "# passengers 3", ""];
        assert_eq!(tally(&lines), Tally::default());
    }
}
