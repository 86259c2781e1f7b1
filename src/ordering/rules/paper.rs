//! Papers of lots: which of them the rule table asks for, and what a paper may say of itself.

use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::time::Day;

crate::text_enum! {
    /// A paper that comes with a lot.
    PaperKind {
        /// 承诺达标合格证.
        Conformity "conformity"
        /// 检测报告.
        TestReport "test_report"
        /// 检疫证明.
        Quarantine "quarantine"
        /// Any other.
        Other "other"
    }
}

impl PaperKind {
    /// Its name for people, in Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            PaperKind::Conformity => ("承诺达标合格证", "a certificate of conformity"),
            PaperKind::TestReport => ("检测报告", "a test report"),
            PaperKind::Quarantine => ("检疫证明", "a quarantine certificate"),
            PaperKind::Other => ("其他证明", "another paper"),
        }
    }
}

/// What a decision needs of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paper<'a> {
    /// What it is.
    pub kind: PaperKind,
    /// Its number.
    pub number: &'a str,
    /// When it was made out.
    pub issued_on: Day,
    /// Its last day; none when it has none.
    pub expires_on: Option<Day>,
}

/// What is wrong with a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaperRefusal {
    /// It is dated in the future.
    NotYet,
    /// It ends before it begins.
    EndsBefore,
    /// The lot has it already.
    Twice,
}

impl From<PaperRefusal> for AppError {
    fn from(refusal: PaperRefusal) -> AppError {
        let field =
            |pointer: &str, zh: &str, en: &str| AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en));
        match refusal {
            PaperRefusal::NotYet => field("/issued_on", "开具日期不能晚于今天", "must not be later than today"),
            PaperRefusal::EndsBefore => {
                field("/expires_on", "有效期止不能早于开具日期", "lies before the day of issue")
            }
            PaperRefusal::Twice => field("/number", "该批次已有此证明", "the lot has this paper already"),
        }
    }
}

/// What is wrong with new papers of a lot, each with its place; `known` are those that the lot has.
#[must_use]
pub fn faults(new: &[Paper<'_>], known: &[(PaperKind, String)], today: Day) -> Vec<(usize, PaperRefusal)> {
    let mut wrong = Vec::new();
    for (n, paper) in new.iter().enumerate() {
        if paper.issued_on > today {
            wrong.push((n, PaperRefusal::NotYet));
        }
        if paper.expires_on.is_some_and(|last| last < paper.issued_on) {
            wrong.push((n, PaperRefusal::EndsBefore));
        }
        let same = |kind: PaperKind, number: &str| kind == paper.kind && number == paper.number;
        let before = new.iter().take(n).any(|other| same(other.kind, other.number));
        if before || known.iter().any(|(kind, number)| same(*kind, number)) {
            wrong.push((n, PaperRefusal::Twice));
        }
    }
    wrong
}

/// What papers still lack of what a rule row asks for: of each thing asked for, the words of its alternatives. A paper is good
/// for goods that left between its day of issue and its last day.
#[must_use]
pub fn lacking<'a>(asked: &'a str, papers: &[Paper<'_>], left_on: Day) -> Vec<Vec<&'a str>> {
    if asked == "none" {
        return Vec::new();
    }
    let shows = |paper: &Paper<'_>, words: &[&str]| {
        let came_along = paper.issued_on <= left_on && paper.expires_on.is_none_or(|last| last >= left_on);
        words.contains(&paper.kind.as_str()) && came_along
    };
    let mut lacks: Vec<Vec<&str>> = asked.split('+').map(|group| group.split('/').collect()).collect();
    lacks.retain(|words| !papers.iter().any(|paper| shows(paper, words)));
    lacks
}

/// Says what lacks, for people.
#[must_use]
pub fn words(lacks: &[Vec<&str>]) -> Message {
    let side = |zh: bool| -> String {
        let word = |word: &&str| {
            let (chinese, english) = word.parse().map_or(("证明", "a paper"), PaperKind::words);
            if zh { chinese } else { english }
        };
        let (or, and) = if zh { ("或", "、") } else { (" or ", ", and ") };
        let mut groups: Vec<String> = Vec::with_capacity(lacks.len());
        for group in lacks {
            let alternatives: Vec<&str> = group.iter().map(word).collect();
            groups.push(alternatives.join(or));
        }
        groups.join(and)
    };
    Message::new(format!("缺少有效的{}", side(true)), format!("lacks, valid on the day of shipment: {}", side(false)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use PaperKind::{Conformity, Quarantine, TestReport};

    fn day(d: i8) -> Day {
        Day::ymd(2023, 3, d)
    }
    fn paper(kind: PaperKind, last: Option<i8>) -> Paper<'static> {
        Paper { kind, number: "1", issued_on: day(1), expires_on: last.map(day) }
    }

    #[test]
    fn what_a_row_asks_for() {
        let (green, sick) = (paper(Conformity, None), paper(Quarantine, Some(4)));
        // The row, the papers, the day on which the goods left, how many things lack.
        let later = Paper { issued_on: day(5), ..green };
        let table: [(&str, &[Paper<'_>], i8, usize); 12] = [
            ("conformity", &[later], 4, 1),
            ("conformity", &[later], 5, 0),
            ("none", &[], 5, 0),
            ("quarantine", &[], 5, 1),
            ("quarantine", &[green], 5, 1),
            ("quarantine", &[sick], 4, 0),
            ("quarantine", &[sick], 5, 1),
            ("quarantine+conformity", &[sick], 4, 1),
            ("quarantine+conformity", &[sick, green], 4, 0),
            ("quarantine+conformity/test_report", &[sick, paper(TestReport, Some(9))], 4, 0),
            ("conformity/test_report", &[sick], 4, 1),
            ("quarantine+conformity", &[], 4, 2),
        ];
        for (asked, papers, left, lacks) in table {
            assert_eq!(lacking(asked, papers, day(left)).len(), lacks, "{asked} {papers:?} {left}");
        }
        let both = words(&lacking("quarantine+conformity/test_report", &[], day(4)));
        assert_eq!(both.zh, "缺少有效的检疫证明、承诺达标合格证或检测报告");
    }

    #[test]
    fn what_a_paper_may_say() {
        use PaperRefusal::{EndsBefore, NotYet, Twice};
        let dated = |issued: i8, last: Option<i8>| Paper { issued_on: day(issued), ..paper(Conformity, last) };
        assert_eq!(faults(&[dated(2, Some(2))], &[], day(2)), []);
        assert_eq!(faults(&[dated(3, None)], &[], day(2)), [(0, NotYet)]);
        assert_eq!(faults(&[dated(2, Some(1))], &[], day(2)), [(0, EndsBefore)]);
        let other = Paper { number: "2", ..dated(1, None) };
        assert_eq!(faults(&[dated(1, None), other, dated(1, None)], &[], day(2)), [(2, Twice)]);
        assert_eq!(faults(&[other], &[(Conformity, "2".to_owned())], day(2)), [(0, Twice)]);
        assert_eq!(faults(&[other], &[(Quarantine, "2".to_owned())], day(2)), []);
    }
}
