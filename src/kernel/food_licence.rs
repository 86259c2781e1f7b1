//! The number of a food production licence (食品生产许可证编号): `SC` and 14 digits.
//!
//! | digits | meaning |
//! |---|---|
//! | 1–3 | food category |
//! | 4–9 | county that issued the licence (GB/T 2260) |
//! | 10–13 | serial number |
//! | 14 | check digit, ISO 7064 MOD 11,10 over digits 1–13 |
//!
//! The layout is that of 食品生产许可管理办法 (2015), article 29. Only the shape is refused: a wrong check digit or an
//! unknown county is a warning, because the reviewer sees the licence itself and counties lose their codes.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use super::uscc::half_width_upper;

/// What every number begins with.
const PREFIX: &str = "SC";

/// Digits after the prefix.
const DIGITS: usize = 14;

/// A food production licence number of the right shape, in its one normal spelling.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FoodLicence([u8; PREFIX.len() + DIGITS]);

/// Why a text does not have the shape of a food licence number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoodLicenceError {
    /// It does not begin with `SC`. The older `QS` numbers ended in October 2018.
    WrongPrefix,
    /// There are not 14 characters after `SC`.
    WrongLength {
        /// Characters found after `SC`.
        found: usize,
    },
    /// One of the 14 characters is not a digit.
    NotADigit {
        /// Which of the 14, from 1.
        place: usize,
        /// The character found there, normalised.
        found: char,
    },
}

/// What a reviewer should look at in a licence number of the right shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoodLicenceWarning {
    /// The last digit fails ISO 7064 MOD 11,10.
    WrongCheckDigit {
        /// The digit that would fit.
        expected: char,
    },
    /// Digits 4–9 are no region that the caller knows.
    UnknownRegion {
        /// Those six digits.
        code: String,
    },
}

impl FoodLicence {
    /// Reads a number as people type it: surrounding space, full-width characters and lower case are forgiven.
    ///
    /// # Errors
    ///
    /// The first thing wrong with its shape.
    pub fn parse(text: &str) -> Result<Self, FoodLicenceError> {
        let normal = half_width_upper(text);
        let digits = normal.strip_prefix(PREFIX).ok_or(FoodLicenceError::WrongPrefix)?;
        let found = digits.chars().count();
        if found != DIGITS {
            return Err(FoodLicenceError::WrongLength { found });
        }
        if let Some((place, found)) = (1..).zip(digits.chars()).find(|(_, c)| !c.is_ascii_digit()) {
            return Err(FoodLicenceError::NotADigit { place, found });
        }
        // Cannot fail any more: two letters and fourteen digits are sixteen bytes.
        normal.into_bytes().try_into().map(Self).map_err(|_| FoodLicenceError::WrongLength { found })
    }

    /// The number in its normal spelling, with `SC`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Never empty: `parse` admits only ASCII.
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Digits 4–9: the county that issued the licence, at that time.
    #[must_use]
    pub fn region_code(&self) -> &str {
        self.as_str().get(5..11).unwrap_or_default()
    }

    /// What a reviewer should look at; empty when all is well. `region_is_known` answers for the six digits of the
    /// county.
    #[must_use]
    pub fn warnings(&self, region_is_known: impl Fn(&str) -> bool) -> Vec<FoodLicenceWarning> {
        let mut warnings = Vec::new();
        let (payload, check) = self.0[PREFIX.len()..].split_at(DIGITS - 1);
        let expected = check_digit(payload);
        if check != [expected] {
            warnings.push(FoodLicenceWarning::WrongCheckDigit { expected: char::from(expected) });
        }
        if !region_is_known(self.region_code()) {
            warnings.push(FoodLicenceWarning::UnknownRegion { code: self.region_code().to_owned() });
        }
        warnings
    }
}

impl fmt::Display for FoodLicence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for FoodLicence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FoodLicence({self})")
    }
}

impl FromStr for FoodLicence {
    type Err = FoodLicenceError;

    fn from_str(text: &str) -> Result<Self, FoodLicenceError> {
        Self::parse(text)
    }
}

impl fmt::Display for FoodLicenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongPrefix => write!(f, "a food licence number begins with {PREFIX}"),
            Self::WrongLength { found } => {
                write!(f, "a food licence number has {DIGITS} digits after {PREFIX}, not {found}")
            }
            Self::NotADigit { place, found } => {
                write!(f, "{found:?} at place {place} after {PREFIX} is not a digit")
            }
        }
    }
}

impl Error for FoodLicenceError {}

impl fmt::Display for FoodLicenceWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WrongCheckDigit { expected } => write!(f, "the check digit should be {expected}"),
            Self::UnknownRegion { code } => write!(f, "{code} is not a known region"),
        }
    }
}

/// The ISO 7064 MOD 11,10 check digit of a run of ASCII digits, as an ASCII digit.
fn check_digit(digits: &[u8]) -> u8 {
    let product = digits.iter().fold(10, |product, digit| {
        let sum = (product + (digit - b'0')) % 10;
        // The standard replaces a remainder of 0 by 10 before doubling.
        let sum = if sum == 0 { 10 } else { sum };
        sum * 2 % 11
    });
    b'0' + (11 - product) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANYWHERE: fn(&str) -> bool = |_| true;

    /// Worked examples of MOD 11,10: the one of ISO 7064, and German tax numbers, which use the same system.
    #[test]
    fn check_digit_agrees_with_published_examples() {
        let table = [("0794", b'5'), ("8609574271", b'9'), ("4703689281", b'6'), ("6592997048", b'9')];
        for (digits, expected) in table {
            assert_eq!(check_digit(digits.as_bytes()), expected, "{digits}");
        }
    }

    #[test]
    fn shape() {
        let length = |found| Err(FoodLicenceError::WrongLength { found });
        let digit = |place, found| Err(FoodLicenceError::NotADigit { place, found });
        let table = [
            ("SC10164032300012", Ok("SC10164032300012")),
            (" sc10164032300012 ", Ok("SC10164032300012")),
            ("ＳＣ１０１６４０３２３０００１２", Ok("SC10164032300012")),
            ("", Err(FoodLicenceError::WrongPrefix)),
            ("10164032300012", Err(FoodLicenceError::WrongPrefix)),
            ("QS640323000018", Err(FoodLicenceError::WrongPrefix)),
            ("SC", length(0)),
            ("SC1016403230001", length(13)),
            ("SC101640323000120", length(15)),
            ("SC 10164032300012", length(15)),
            ("SC1016403230001X", digit(14, 'X')),
            ("SCA0164032300018", digit(1, 'A')),
            ("SC1016403230001八", digit(14, '八')),
        ];
        for (text, expected) in table {
            let got = FoodLicence::parse(text).map(|licence| licence.to_string());
            assert_eq!(got, expected.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn warnings_never_refuse() {
        let check = |expected| FoodLicenceWarning::WrongCheckDigit { expected };
        let region = |code: &str| FoodLicenceWarning::UnknownRegion { code: code.to_owned() };
        let ningxia = |code: &str| code.starts_with("64");
        let table = [
            ("SC10164032300012", vec![]),
            ("SC10164032300019", vec![check('2')]),
            ("SC10199032300015", vec![region("990323")]),
            ("SC10199032300018", vec![check('5'), region("990323")]),
        ];
        for (text, expected) in table {
            let licence: FoodLicence = text.parse().unwrap();
            assert_eq!(licence.warnings(ningxia), expected, "{text}");
        }
    }

    /// ISO 7064 promises it: with the right 13 digits only one of ten check digits passes, and no single wrong
    /// digit does.
    #[test]
    fn every_single_error_is_warned_about() {
        let right = "SC10164032300012";
        for place in 2..right.len() {
            for digit in b'0'..=b'9' {
                let mut bytes = right.as_bytes().to_vec();
                bytes[place] = digit;
                let text = String::from_utf8(bytes).unwrap();
                let warnings = FoodLicence::parse(&text).unwrap().warnings(ANYWHERE);
                assert_eq!(warnings.is_empty(), text == right, "{text}");
            }
        }
    }
}
