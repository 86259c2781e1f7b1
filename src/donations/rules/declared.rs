//! What a declaration says, in its normal spellings.

use crate::kernel::error::{FieldError, Message};
use crate::kernel::identity_number;
use crate::kernel::time::Day;
use crate::kernel::uscc::half_width_upper;
use std::collections::BTreeMap;

crate::text_enum! {
    /// By what a line is measured; `content` says more where a package differs, as in 箱(20穗).
    DonationMeasure {
        /// 只.
        Head "head"
        /// 份.
        Portion "portion"
        /// 斤.
        Jin "jin"
        /// 公斤.
        Kilogram "kilogram"
        /// 箱.
        Box "box"
        /// 盒.
        Case "case"
        /// 袋.
        Bag "bag"
        /// 瓶.
        Bottle "bottle"
        /// 桶.
        Barrel "barrel"
        /// 个.
        Piece "piece"
    }
}

/// Measures as people write them.
const MEASURES: [(&str, DonationMeasure); 13] = [
    ("只", DonationMeasure::Head),
    ("头", DonationMeasure::Head),
    ("份", DonationMeasure::Portion),
    ("斤", DonationMeasure::Jin),
    ("公斤", DonationMeasure::Kilogram),
    ("千克", DonationMeasure::Kilogram),
    ("箱", DonationMeasure::Box),
    ("盒", DonationMeasure::Case),
    ("袋", DonationMeasure::Bag),
    ("瓶", DonationMeasure::Bottle),
    ("桶", DonationMeasure::Barrel),
    ("个", DonationMeasure::Piece),
    ("件", DonationMeasure::Piece),
];

/// The measures that people may write, for who explains a form.
#[must_use]
pub fn measure_words() -> Vec<&'static str> {
    MEASURES.iter().map(|(word, _)| *word).collect()
}

/// Reads `箱(20穗)`: the measure, and what a package holds.
#[must_use]
pub fn read_measure(text: &str) -> Option<(DonationMeasure, Option<String>)> {
    let text = half_width_brackets(text.trim());
    let (word, content) = match text.split_once('(') {
        Some((word, rest)) => (word.trim(), Some(rest.strip_suffix(')')?.trim().to_owned())),
        None => (text.as_str(), None),
    };
    let known = MEASURES.iter().find(|(known, measure)| *known == word || measure.as_str() == word)?;
    Some((known.1, content.filter(|content| !content.is_empty())))
}

fn half_width_brackets(text: &str) -> String {
    text.replace('（', "(").replace('）', ")")
}

/// A document number in its one normal spelling: half width, capitals, no blanks, one kind of brackets and dashes. What stands
/// between its digits stays, so that 2020-1-12 is not 2020-11-2.
#[must_use]
pub fn number_key(text: &str) -> String {
    let normal = |c: char| match c {
        '〔' | '［' | '【' | '[' | '{' | '<' | '《' | '〈' | '﹝' => '(',
        '〕' | '］' | '】' | ']' | '}' | '>' | '》' | '〉' | '﹞' => ')',
        '—' | '–' | '－' | '‐' | '―' | '−' | '_' | '~' => '-',
        other => other,
    };
    half_width_upper(text).chars().filter(|c| !c.is_whitespace() && !c.is_control()).map(normal).collect()
}

/// A name as it is compared: letters and digits alone.
#[must_use]
pub fn name_key(text: &str) -> String {
    half_width_upper(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The periods in which a day lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// `2021-03`.
    pub month: String,
    /// `2021-Q1`.
    pub quarter: String,
    /// `2021`.
    pub year: String,
}

/// When an activity was, if that is a day that such activities can have been on.
///
/// # Errors
/// [`super::Refusal::Day`].
pub fn held(on: Day, today: Day) -> Result<Period, super::Refusal> {
    if on > today || on < Day::ymd(2012, 1, 1) {
        return Err(super::Refusal::Day);
    }
    let (year, quarter) = (on.year(), (on.month_number() + 2) / 3);
    Ok(Period { month: on.month(), quarter: format!("{year}-Q{quarter}"), year: year.to_string() })
}

/// A free text that holds an identity number, which would be kept in clear.
#[must_use]
pub fn holds_identity(text: &str, pointer: &str) -> Option<FieldError> {
    let message = || Message::new("不得写明身份证号", "must not hold an identity number");
    identity_number::stands_in(text).then(|| FieldError::new(pointer, "identity_number", message()))
}

/// Those that are the same as one before them, each at its pointer.
#[must_use]
pub fn doubles<K: Ord>(keys: &[Option<K>], list: &str) -> Vec<FieldError> {
    let (mut first, mut wrong) = (BTreeMap::new(), Vec::new());
    for (n, key) in keys.iter().enumerate() {
        let Some(key) = key else { continue };
        if let Some(before) = first.get(key) {
            let message = Message::new(format!("与第 {before} 项重复"), format!("is the same as number {before}"));
            wrong.push(FieldError::new(format!("/{list}/{n}"), "duplicate", message));
        } else {
            first.insert(key, n + 1);
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_read_as_people_write_them() {
        let table = [
            ("只", Some((DonationMeasure::Head, None))),
            ("箱(20穗)", Some((DonationMeasure::Box, Some("20穗")))),
            (" 箱（ 20穗 ） ", Some((DonationMeasure::Box, Some("20穗")))),
            ("袋()", Some((DonationMeasure::Bag, None))),
            ("jin", Some((DonationMeasure::Jin, None))),
            ("箱(20穗", None),
            ("车", None),
            ("", None),
        ];
        for (text, expected) in table {
            let expected = expected.map(|(measure, content)| (measure, content.map(str::to_owned)));
            assert_eq!(read_measure(text), expected, "{text}");
        }
        // Every measure can be written.
        for measure in DonationMeasure::ALL {
            assert!(MEASURES.iter().any(|(_, known)| known == measure), "{measure}");
        }
    }

    #[test]
    fn a_number_has_one_spelling() {
        let same = ["盐扶〔2020〕12号", "盐扶[2020] 12号", " 盐扶（２０２０）１２号 ", "盐扶【2020】12号"];
        for text in same {
            assert_eq!(number_key(text), "盐扶(2020)12号", "{text}");
        }
        assert_eq!(number_key("a－1—2"), "A-1-2");
        assert_ne!(number_key("2020-1-12"), number_key("2020-11-2"));
        assert_ne!(number_key("0012"), number_key("12"));
    }

    #[test]
    fn a_day_lies_in_a_month_a_quarter_and_a_year() {
        let today = Day::ymd(2021, 3, 1);
        for (on, month, quarter) in [
            (Day::ymd(2020, 1, 31), "2020-01", "2020-Q1"),
            (Day::ymd(2020, 3, 31), "2020-03", "2020-Q1"),
            (Day::ymd(2020, 4, 1), "2020-04", "2020-Q2"),
            (Day::ymd(2020, 12, 31), "2020-12", "2020-Q4"),
        ] {
            let period = held(on, today).unwrap();
            assert_eq!(
                (period.month.as_str(), period.quarter.as_str(), period.year.as_str()),
                (month, quarter, "2020")
            );
        }
        assert!(held(today, today).is_ok() && held(Day::ymd(2012, 1, 1), today).is_ok());
        assert!(held(today.plus_days(1), today).is_err() && held(Day::ymd(2011, 12, 31), today).is_err());
    }

    #[test]
    fn what_is_named_twice_is_found() {
        let found = doubles(&[Some("a"), None, Some("b"), Some("a"), None, Some("a")], "units");
        let at: Vec<&str> = found.iter().map(|field| field.pointer.as_str()).collect();
        assert_eq!(at, ["/units/3", "/units/5"]);
    }
}
