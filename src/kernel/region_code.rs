//! Codes of administrative regions: GB/T 2260 down to the county, GB/T 10114 for townships, and the statistics
//! bureau's three further digits for villages.
//!
//! | length | example | level |
//! |---|---|---|
//! | 6 | `640000` | province |
//! | 6 | `640300` | prefecture |
//! | 6 | `640323` | county |
//! | 9 | `640323100` | township |
//! | 12 | `640323100201` | village |
//!
//! The level is read from the digits alone. So the direct-administered places keep their formal level: a
//! municipality's district (`110101`) has a parent `110100` that no list contains, and a prefecture without counties
//! (`442000` 中山市) is the parent of its townships. Whether a code exists, and when, is for the regions slice to say.

use std::error::Error;
use std::fmt;
use std::iter::successors;
use std::str::FromStr;

/// The code that stands for the whole country in rule rows and calendars. It is the root above all provinces, not a
/// region of its own, so [`RegionCode::parse`] refuses it.
pub const NATION: &str = "000000";

/// Longest code in digits.
const LONGEST: usize = 12;

/// Digits of every code down to the county.
const COUNTY_LENGTH: usize = 6;

/// Digits of a township code.
const TOWNSHIP_LENGTH: usize = 9;

/// A well-formed region code (GB/T 2260 and its extensions). One place has one spelling: 6, 9 or 12 digits.
///
/// Codes order as their text does, so a region comes before what lies in it and siblings stand together.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct RegionCode {
    /// ASCII digits, then NUL; NUL sorts before every digit, as the end of a text does.
    digits: [u8; LONGEST],
    level: RegionLevel,
}

/// The five levels of regions, highest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegionLevel {
    /// 省级, two significant digits.
    Province,
    /// 地级, four.
    Prefecture,
    /// 县级, six.
    County,
    /// 乡级, nine.
    Township,
    /// 村级, twelve.
    Village,
}

/// Why a text is not a region code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegionCodeError {
    /// The code has neither 6 nor 9 nor 12 characters.
    WrongLength {
        /// Characters found.
        found: usize,
    },
    /// A character that is not an ASCII digit.
    NotADigit {
        /// The place, from 1.
        place: usize,
        /// The character found there.
        found: char,
    },
    /// It begins with 00, so it names no province; [`NATION`] is one of these.
    NoProvince,
    /// A level is left out between two that are given, as in `640023` or `640323000201`.
    Gap,
    /// Zeros after a shorter code of the same place, as in `640323000`: the shorter one is its spelling.
    Padded,
}

impl RegionCode {
    /// Reads a code of 6, 9 or 12 digits exactly as written.
    ///
    /// # Errors
    ///
    /// The first thing wrong with its form. Whether the region exists is not asked here.
    pub fn parse(text: &str) -> Result<Self, RegionCodeError> {
        let found = text.chars().count();
        if !matches!(found, COUNTY_LENGTH | TOWNSHIP_LENGTH | LONGEST) {
            return Err(RegionCodeError::WrongLength { found });
        }
        if let Some((place, found)) = (1..).zip(text.chars()).find(|(_, c)| !c.is_ascii_digit()) {
            return Err(RegionCodeError::NotADigit { place, found });
        }
        let mut digits = [0; LONGEST];
        for (slot, byte) in digits.iter_mut().zip(text.bytes()) {
            *slot = byte;
        }
        let level = level_of(&digits)?;
        Ok(Self { digits, level })
    }

    /// The code as text, as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let used = self.digits.get(..self.level.text_length());
        // Never empty: only ASCII digits are stored.
        used.and_then(|digits| str::from_utf8(digits).ok()).unwrap_or_default()
    }

    /// The level that the digits state.
    #[must_use]
    pub fn level(&self) -> RegionLevel {
        self.level
    }

    /// The region directly above by digits; a province has none.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        // A township may belong to a prefecture without counties: its first six digits then say so.
        match self.level {
            RegionLevel::Province => None,
            RegionLevel::Prefecture => Some(self.cut(2, COUNTY_LENGTH)),
            RegionLevel::County => Some(self.cut(4, COUNTY_LENGTH)),
            RegionLevel::Township => Some(self.cut(COUNTY_LENGTH, COUNTY_LENGTH)),
            RegionLevel::Village => Some(self.cut(TOWNSHIP_LENGTH, TOWNSHIP_LENGTH)),
        }
    }

    /// The region itself, then each region above it, up to the province.
    #[must_use]
    pub fn ancestors(&self) -> Vec<Self> {
        successors(Some(*self), Self::parent).collect()
    }

    /// The half-open range of texts, `(lower inclusive, upper exclusive)`, that holds exactly the codes of this region
    /// and of everything in it. SQL compares with it (`>= '6404' AND < '6405'`), which needs bytewise collation.
    #[must_use]
    pub fn subtree(&self) -> (String, String) {
        let lower = self.prefix();
        (lower.to_owned(), successor(lower))
    }

    /// Whether the other region is this one or lies in it.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other.as_str().starts_with(self.prefix())
    }

    /// The digits that this region shares with all below it, and with nothing else.
    fn prefix(&self) -> &str {
        self.as_str().get(..self.level.significant_digits()).unwrap_or_default()
    }

    /// The first `kept` digits, filled with zeros to `length`: a form that is always a valid region above this one.
    fn cut(&self, kept: usize, length: usize) -> Self {
        let mut digits = self.digits;
        for (place, slot) in digits.iter_mut().enumerate().skip(kept) {
            *slot = if place < length { b'0' } else { 0 };
        }
        // The level cannot fail: a part taken from a code without gaps has none.
        let level = level_of(&digits).unwrap_or(RegionLevel::Province);
        Self { digits, level }
    }
}

impl RegionLevel {
    /// The identifier used in the API and in stored rows.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::Prefecture => "prefecture",
            Self::County => "county",
            Self::Township => "township",
            Self::Village => "village",
        }
    }

    /// How many leading digits tell a region of this level from its siblings.
    fn significant_digits(self) -> usize {
        match self {
            Self::Province => 2,
            Self::Prefecture => 4,
            Self::County => COUNTY_LENGTH,
            Self::Township => TOWNSHIP_LENGTH,
            Self::Village => LONGEST,
        }
    }

    /// How many digits a code of this level is written with.
    fn text_length(self) -> usize {
        self.significant_digits().max(COUNTY_LENGTH)
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegionCode({self})")
    }
}

impl FromStr for RegionCode {
    type Err = RegionCodeError;

    fn from_str(text: &str) -> Result<Self, RegionCodeError> {
        Self::parse(text)
    }
}

impl fmt::Display for RegionLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for RegionCodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongLength { found } => {
                write!(f, "a region code has 6, 9 or 12 digits, not {found}")
            }
            Self::NotADigit { place, found } => {
                write!(f, "{found:?} at place {place} is not a digit")
            }
            Self::NoProvince => write!(f, "a region code does not begin with 00"),
            Self::Gap => write!(f, "a level is missing in the middle of the region code"),
            Self::Padded => write!(f, "the region has a shorter code without the last zeros"),
        }
    }
}

impl Error for RegionCodeError {}

/// The level of 6, 9 or 12 ASCII digits followed by NUL, or what is wrong with them.
fn level_of(digits: &[u8; LONGEST]) -> Result<RegionLevel, RegionCodeError> {
    let zeros = |from: usize, to: usize| digits[from..to].iter().all(|digit| *digit == b'0');
    let (township_given, village_given) = (digits[6] != 0, digits[9] != 0);
    if zeros(0, 2) {
        return Err(RegionCodeError::NoProvince);
    }
    if zeros(2, 4) && !zeros(4, 6) {
        return Err(RegionCodeError::Gap);
    }
    match (township_given, village_given) {
        (_, true) if zeros(9, 12) => Err(RegionCodeError::Padded),
        (_, true) if zeros(6, 9) => Err(RegionCodeError::Gap),
        (_, true) => Ok(RegionLevel::Village),
        (true, false) if zeros(6, 9) => Err(RegionCodeError::Padded),
        (true, false) => Ok(RegionLevel::Township),
        (false, false) if zeros(2, 6) => Ok(RegionLevel::Province),
        (false, false) if zeros(4, 6) => Ok(RegionLevel::Prefecture),
        (false, false) => Ok(RegionLevel::County),
    }
}

/// The first text that sorts after every code beginning with these digits.
///
/// Nines at the end are dropped before the last digit is raised: after `640323999` comes `640324`, not `640324000`,
/// which would let the county 640324 slip into the range.
fn successor(digits: &str) -> String {
    let mut next = digits.trim_end_matches('9').to_owned();
    match next.pop().and_then(|digit| digit.to_digit(10)) {
        Some(digit) => next.extend(char::from_digit(digit + 1, 10)),
        // All nines: no digit follows, but ':' does in ASCII.
        None => next.push(':'),
    }
    next
}

crate::text_column!(RegionCode, |v| v.as_str(), |t| t.parse::<RegionCode>());
crate::json_text!(RegionCode, |v| v.as_str(), "region-code", Some("^[0-9]{6}([0-9]{3}){0,2}$"), Some("640323"));

#[cfg(test)]
mod tests {
    use super::*;
    use RegionLevel::{County, Prefecture, Province, Township, Village};

    fn code(text: &str) -> RegionCode {
        RegionCode::parse(text).unwrap()
    }

    #[test]
    fn level_and_ancestors_follow_the_digits() {
        let table: [(&str, RegionLevel, &[&str]); 10] = [
            ("640000", Province, &[]),
            ("640300", Prefecture, &["640000"]),
            ("640323", County, &["640300", "640000"]),
            ("640323100", Township, &["640323", "640300", "640000"]),
            ("640323100201", Village, &["640323100", "640323", "640300", "640000"]),
            ("652700", Prefecture, &["650000"]),
            // Oddities, by digits alone: a municipality's district, a county directly below its province, a
            // prefecture without counties, and Taiwan, which has no lower codes.
            ("110101", County, &["110100", "110000"]),
            ("469001", County, &["469000", "460000"]),
            ("442000001", Township, &["442000", "440000"]),
            ("710000", Province, &[]),
        ];
        for (text, level, above) in table {
            let region = code(text);
            assert_eq!(region.level(), level, "{text}");
            assert_eq!(region.to_string(), text);
            let ancestors = region.ancestors();
            let shown: Vec<&str> = ancestors.iter().map(RegionCode::as_str).collect();
            assert_eq!(shown, [&[text], above].concat(), "{text}");
            assert_eq!(region.parent().map(|parent| parent.to_string()), above.first().map(ToString::to_string));
        }
    }

    #[test]
    fn malformed_codes_are_refused() {
        use RegionCodeError::{Gap, NoProvince, NotADigit, Padded, WrongLength};
        let table = [
            ("", WrongLength { found: 0 }),
            ("64", WrongLength { found: 2 }),
            ("6403", WrongLength { found: 4 }),
            ("6403231", WrongLength { found: 7 }),
            ("6403231002011", WrongLength { found: 13 }),
            ("宁夏", WrongLength { found: 2 }),
            (" 64032", NotADigit { place: 1, found: ' ' }),
            ("64032X", NotADigit { place: 6, found: 'X' }),
            ("６40323", NotADigit { place: 1, found: '６' }),
            (NATION, NoProvince),
            ("000323", NoProvince),
            ("640023", Gap),
            ("640023100", Gap),
            ("640323000201", Gap),
            ("640323000", Padded),
            ("640323100000", Padded),
            ("640323000000", Padded),
            ("640000000", Padded),
        ];
        for (text, expected) in table {
            assert_eq!(text.parse::<RegionCode>(), Err(expected), "{text}");
        }
    }

    #[test]
    fn subtree_ranges() {
        let table = [
            ("640000", "64", "65"),
            ("640400", "6404", "6405"),
            ("640900", "6409", "641"),
            ("649900", "6499", "65"),
            ("640323", "640323", "640324"),
            ("640399", "640399", "6404"),
            ("640323100", "640323100", "640323101"),
            ("640323999", "640323999", "640324"),
            ("640323100299", "640323100299", "6403231003"),
            ("990000", "99", ":"),
            ("999999", "999999", ":"),
        ];
        for (text, lower, upper) in table {
            assert_eq!(code(text).subtree(), (lower.into(), upper.into()), "{text}");
        }
    }

    #[test]
    fn levels_have_stable_names_and_order() {
        let levels = [Province, Prefecture, County, Township, Village];
        assert!(levels.is_sorted());
        assert_eq!(levels.map(RegionLevel::as_str), ["province", "prefecture", "county", "township", "village"]);
        assert_eq!(format!("{:?}", code("640323")), "RegionCode(640323)");
    }

    /// All texts of six digits in four provinces: exactly the gapless ones are codes, they come in order, and each
    /// lies in the ranges of its ancestors.
    #[test]
    fn every_six_digit_code() {
        let mut previous = None;
        let provinces = [0, 64, 65, 99];
        for number in provinces.map(|first: u32| first * 10_000..(first + 1) * 10_000).into_iter().flatten() {
            let text = format!("{number:06}");
            let gap = text[2..4] == *"00" && text[4..6] != *"00";
            let Ok(region) = RegionCode::parse(&text) else {
                assert!(text.starts_with("00") || gap, "{text}");
                continue;
            };
            assert!(!gap, "{text}");
            assert!(previous < Some(region), "{text}");
            previous = Some(region);
            for ancestor in region.ancestors() {
                let (lower, upper) = ancestor.subtree();
                assert!(*lower <= *text && *text < *upper, "{ancestor} {text}");
                assert!(ancestor.contains(&region), "{ancestor} {text}");
                assert!(ancestor <= region);
            }
        }
    }

    /// All pairs of a sample with every level: the range, `contains` and the ancestors agree.
    #[test]
    fn range_containment_and_ancestors_agree() {
        let mut sample = Vec::new();
        for county in ["640000", "640300", "640323", "640324", "640400", "640900", "650000", "990000"] {
            sample.push(code(county));
            for township in ["001", "100", "999"] {
                sample.push(code(&format!("{county}{township}")));
                for village in ["001", "999"] {
                    sample.push(code(&format!("{county}{township}{village}")));
                }
            }
        }
        for outer in &sample {
            let (lower, upper) = outer.subtree();
            for inner in &sample {
                let in_range = *lower <= *inner.as_str() && *inner.as_str() < *upper;
                assert_eq!(in_range, outer.contains(inner), "{outer} {inner}");
                let is_ancestor = inner.ancestors().contains(outer);
                assert_eq!(is_ancestor, outer.contains(inner), "{outer} {inner}");
            }
        }
    }

    /// Codes sort as their texts do, whatever their lengths.
    #[test]
    fn order_is_the_order_of_texts() {
        let texts = ["640000", "640000001", "640300", "640323", "640323100", "640323100201", "640323101", "640324"];
        assert!(texts.is_sorted());
        assert!(texts.map(code).is_sorted());
    }
}
