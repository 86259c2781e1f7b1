//! Which words a region may add to the dictionary, and which of them an order may carry.

use crate::kernel::error::{FieldError, Message};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Channel, Mode};
use crate::kernel::territory::Territory;
use crate::kernel::time::Day;

crate::text_enum! {
    /// What a word of the dictionary says.
    TermKind {
        /// 模式: part of one of the four national modes.
        Mode "mode"
        /// 渠道: part of one of the national channels.
        Channel "channel"
        /// 标签: an overlay.
        Tag "tag"
        /// 挂牌督战: a county or village under supervision, an overlay; its code is that of the place.
        SupervisedPlace "supervised_place"
    }
}

/// A word of the dictionary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// What it says.
    pub kind: TermKind,
    /// How it is written in requests and reports.
    pub code: String,
    /// The national mode or channel that it is part of.
    pub rolls_up_to: Option<String>,
    /// Where it holds.
    pub region: Territory,
    /// The first day.
    pub effective_from: Day,
    /// The first day on which it no longer holds.
    pub effective_to: Option<Day>,
}

impl Term {
    /// Whether it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        self.effective_from <= day && self.effective_to.is_none_or(|end| day < end)
    }

    /// The first and last of the days of a span on which it holds, if there are any.
    #[must_use]
    pub fn days_within(&self, first: Day, last: Day) -> Option<(Day, Day)> {
        let last = self.effective_to.map_or(last, |end| end.plus_days(-1).min(last));
        let first = self.effective_from.max(first);
        (first <= last).then_some((first, last))
    }

    /// Whether it holds on any day of both spans in a common place.
    #[must_use]
    pub fn meets(&self, other: &Term) -> bool {
        let before = |end: Option<Day>, start: Day| end.is_some_and(|end| end <= start);
        let apart = before(self.effective_to, other.effective_from) || before(other.effective_to, self.effective_from);
        let related = within(&self.region, &other.region) || within(&other.region, &self.region);
        self.kind == other.kind && self.code == other.code && related && !apart
    }
}

fn within(inner: &Territory, outer: &Territory) -> bool {
    inner.above().contains(outer)
}

/// What is wrong with a word, all of it at once.
#[must_use]
pub fn faults(term: &Term) -> Vec<FieldError> {
    let mut wrong = Vec::new();
    let mut say = |pointer: &str, zh: &str, en: &str| {
        wrong.push(FieldError::new(pointer, "invalid", Message::new(zh, en)));
    };
    match term.kind {
        TermKind::SupervisedPlace => {
            let place: Option<RegionCode> = term.code.parse().ok();
            let inside = place.is_some_and(|code| within(&Territory::Region(code), &term.region));
            if !inside {
                say("/code", "应为 region_code 辖区内的区划代码", "must be the code of a place in region_code");
            }
        }
        _ if !is_word(&term.code) => {
            say(
                "/code",
                "应为小写字母、数字和下划线，以字母开头",
                "small letters, digits and underscores after a letter",
            );
        }
        TermKind::Mode | TermKind::Channel
            if national(TermKind::Mode, &term.code) || national(TermKind::Channel, &term.code) =>
        {
            say("/code", "与全国统一代码重复", "is a national word");
        }
        _ => {}
    }
    let asks = matches!(term.kind, TermKind::Mode | TermKind::Channel);
    match &term.rolls_up_to {
        None if asks => {
            say("/rolls_up_to", "须填写所归入的全国模式或渠道", "names the national word that it is part of");
        }
        Some(_) if !asks => say("/rolls_up_to", "此类词条不填", "is absent for this kind"),
        Some(word) if !national(term.kind, word) => {
            say("/rolls_up_to", "没有这一全国代码", "is no national word of this kind");
        }
        _ => {}
    }
    if term.effective_to.is_some_and(|end| end <= term.effective_from) {
        say("/effective_to", "须晚于起始日", "must be later than effective_from");
    }
    wrong
}

fn is_word(code: &str) -> bool {
    let known = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
    code.starts_with(|first: char| first.is_ascii_lowercase()) && code.chars().all(known)
}

fn national(kind: TermKind, word: &str) -> bool {
    match kind {
        TermKind::Mode => Mode::ALL.iter().any(|mode| mode.as_str() == word),
        TermKind::Channel => Channel::ALL.iter().any(|channel| channel.as_str() == word),
        TermKind::Tag | TermKind::SupervisedPlace => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(kind: TermKind, code: &str, rolls_up_to: Option<&str>, region: &str, span: (&str, &str)) -> Term {
        Term {
            kind,
            code: code.to_owned(),
            rolls_up_to: rolls_up_to.map(str::to_owned),
            region: region.parse().unwrap(),
            effective_from: span.0.parse().unwrap(),
            effective_to: span.1.parse().ok(),
        }
    }

    #[test]
    fn a_word_is_part_of_one_national_word() {
        let cases = [
            (TermKind::Mode, "canteen_direct", Some("government_procurement"), vec![]),
            (TermKind::Channel, "campus_market", Some("school"), vec![]),
            (TermKind::Tag, "consumption_month", None, vec![]),
            (TermKind::SupervisedPlace, "640422", None, vec![]),
            (TermKind::SupervisedPlace, "640422101", None, vec![]),
            (TermKind::Mode, "canteen_direct", None, vec!["/rolls_up_to"]),
            (TermKind::Mode, "canteen_direct", Some("school"), vec!["/rolls_up_to"]),
            (TermKind::Channel, "market", Some("market"), vec!["/code"]),
            (TermKind::Channel, "other", Some("market"), vec!["/code"]),
            (TermKind::Tag, "Fair", Some("market"), vec!["/code", "/rolls_up_to"]),
            (TermKind::SupervisedPlace, "350105", None, vec!["/code"]),
            (TermKind::SupervisedPlace, "xiji", None, vec!["/code"]),
        ];
        for (kind, code, rolls_up_to, wrong) in cases {
            let found = faults(&term(kind, code, rolls_up_to, "640000", ("2021-01-01", "")));
            let pointers: Vec<&str> = found.iter().map(|fault| fault.pointer.as_str()).collect();
            assert_eq!(pointers, wrong, "{kind} {code} {rolls_up_to:?}");
        }
        let found = faults(&term(TermKind::Tag, "fair", None, "640000", ("2021-01-01", "2021-01-01")));
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn one_word_means_one_thing_at_a_time_in_a_place() {
        let first = term(TermKind::Tag, "fair", None, "640000", ("2021-01-01", "2021-07-01"));
        let cases = [
            ("640000", ("2021-07-01", ""), false),
            ("640000", ("2021-06-30", ""), true),
            ("640422", ("2021-03-01", "2021-04-01"), true),
            ("000000", ("2020-01-01", "2021-01-01"), false),
            ("000000", ("2020-01-01", "2021-01-02"), true),
            ("350000", ("2021-03-01", ""), false),
        ];
        for (region, span, meets) in cases {
            let other = term(TermKind::Tag, "fair", None, region, span);
            assert_eq!((first.meets(&other), other.meets(&first)), (meets, meets), "{region} {span:?}");
        }
        assert!(!first.meets(&Term { code: "show".to_owned(), ..first.clone() }));
        assert!(first.holds_on("2021-06-30".parse().unwrap()) && !first.holds_on("2021-07-01".parse().unwrap()));
    }
}
