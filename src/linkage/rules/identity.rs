//! What names a household, in its one normal spelling: only that is hashed, so that two spellings of it meet.

use crate::kernel::error::{FieldError, Message};
use crate::kernel::identity_number;
use crate::kernel::uscc::half_width_upper;
use std::collections::BTreeSet;

/// How short and how long a household's number (户编号) is, in characters.
const NUMBER: std::ops::RangeInclusive<usize> = 4..=32;
/// The most rows that one refusal names.
pub const MOST_NAMED: usize = 200;

/// Why a text names no household. It never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoHousehold {
    /// Not 4 to 32 letters and digits.
    Form,
    /// The date of birth in an identity number is none.
    Birth,
    /// The last character of an identity number does not fit the 17 before it.
    Check,
}

impl NoHousehold {
    /// The wrong field, by its pointer.
    #[must_use]
    pub fn at(self, pointer: String) -> FieldError {
        let (code, zh, en) = match self {
            NoHousehold::Form => (
                "wrong_format",
                "须为 4 至 32 位字母或数字的户编号，或 18 位身份证号",
                "must be a household's number of 4 to 32 letters and digits, or an identity number of 18 places",
            ),
            NoHousehold::Birth => {
                ("wrong_date", "身份证号中的出生日期不正确", "the date of birth in the identity number is none")
            }
            NoHousehold::Check => (
                "wrong_check_digit",
                "身份证号的校验码不正确",
                "the check character of the identity number does not fit (GB 11643)",
            ),
        };
        FieldError::new(pointer, code, Message::new(zh, en))
    }
}

/// The normal spelling of a household's number or of the householder's identity number: half width, capitals, no blanks.
/// Seventeen digits followed by a digit or X are an identity number.
///
/// # Errors
/// When it names no household.
pub fn normal_identity(text: &str) -> Result<String, NoHousehold> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let normal = half_width_upper(&bare);
    if !NUMBER.contains(&normal.len()) || !normal.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(NoHousehold::Form);
    }
    if identity_number::has_form(&normal) {
        check_identity_number(&normal)?;
    }
    Ok(normal)
}

fn check_identity_number(normal: &str) -> Result<(), NoHousehold> {
    if !identity_number::checks(normal) {
        return Err(NoHousehold::Check);
    }
    identity_number::born(normal).map(drop).ok_or(NoHousehold::Birth)
}

/// The normal spellings of a list's rows; a household stands in a list once for each kind of linkage.
///
/// # Errors
/// Every wrong row by its pointer, at most [`MOST_NAMED`].
pub fn normal_rows<K: Copy + Ord>(rows: &[(&str, K)]) -> Result<Vec<String>, Vec<FieldError>> {
    let (mut normal, mut wrong, mut seen) = (Vec::with_capacity(rows.len()), Vec::new(), BTreeSet::new());
    for (n, (text, kind)) in rows.iter().enumerate() {
        let pointer = || format!("/items/{n}/identity");
        match normal_identity(text) {
            Err(fault) => wrong.push(fault.at(pointer())),
            Ok(identity) => {
                if !seen.insert((identity.clone(), *kind)) {
                    let message = Message::new(
                        "同一户同一方式在本名单中重复",
                        "the same household and kind stands in this list before",
                    );
                    wrong.push(FieldError::new(pointer(), "duplicate", message));
                }
                normal.push(identity);
            }
        }
        if wrong.len() == MOST_NAMED {
            break;
        }
    }
    if wrong.is_empty() { Ok(normal) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives 17 digits their check character.
    fn complete(first: &str) -> String {
        let fits = |check: &char| identity_number::checks(&format!("{first}{check}"));
        format!("{first}{}", "0123456789X".chars().find(fits).unwrap())
    }

    #[test]
    fn spellings_meet_in_one() {
        // The sample of GB 11643-1999 with the check character X.
        let expected = "11010519491231002X";
        for text in [
            "11010519491231002X",
            "11010519491231002x",
            " 110105 19491231 002x\t",
            "１１０１０５１９４９１２３１００２Ｘ",
            "110105\u{3000}19491231\u{A0}002ｘ",
        ] {
            assert_eq!(normal_identity(text).as_deref(), Ok(expected), "{text}");
        }
        assert_eq!(normal_identity("ｎｘ-001"), Err(NoHousehold::Form));
        assert_eq!(normal_identity("ｎｘ００１").as_deref(), Ok("NX001"));
    }

    #[test]
    fn what_names_no_household_is_told_apart() {
        let table = [
            ("", NoHousehold::Form),
            ("NX1", NoHousehold::Form),
            ("户编号0001", NoHousehold::Form),
            ("123456789012345678901234567890123", NoHousehold::Form),
            ("110105194912310021", NoHousehold::Check),
            ("11010519491231002", NoHousehold::Form),
        ];
        for (text, fault) in &table[..5] {
            assert_eq!(normal_identity(text), Err(*fault), "{text}");
        }
        // Seventeen digits are a household's number: it has no check character to fit.
        assert!(normal_identity(table[5].0).is_ok());
        assert_eq!(normal_identity(&complete("11010519491331002")), Err(NoHousehold::Birth));
        assert_eq!(normal_identity(&complete("11010519490229002")), Err(NoHousehold::Birth));
        // 32 places are the longest; letters beyond X make 18 places a household's number.
        assert!(normal_identity("12345678901234567890123456789012").is_ok());
        assert!(normal_identity("64032300000000001A").is_ok());
    }

    /// Weights are prime to 11, so that no single wrong digit passes, nor two neighbours that changed places.
    #[test]
    fn every_single_error_is_caught() {
        let right = complete("64032319800115123");
        for place in 0..identity_number::PLACES - 1 {
            for other in b'0'..=b'9' {
                let mut wrong = right.clone().into_bytes();
                if wrong[place] == other {
                    continue;
                }
                wrong[place] = other;
                assert!(normal_identity(&String::from_utf8(wrong).unwrap()).is_err(), "{place} {other}");
            }
            let mut turned = right.clone().into_bytes();
            turned.swap(place, place + 1);
            let turned = String::from_utf8(turned).unwrap();
            let digits = turned[..identity_number::PLACES - 1].bytes().all(|b| b.is_ascii_digit());
            assert!(turned == right || !digits || normal_identity(&turned).is_err(), "{turned}");
        }
    }

    #[test]
    fn every_wrong_row_is_named() {
        let rows = [("NX0001", 1), ("nx 0001", 1), ("NX0001", 2), ("x", 1), ("110105194912310021", 1)];
        let wrong = normal_rows(&rows).unwrap_err();
        let named: Vec<(&str, &str)> = wrong.iter().map(|fault| (fault.pointer.as_str(), fault.code)).collect();
        let expected = [
            ("/items/1/identity", "duplicate"),
            ("/items/3/identity", "wrong_format"),
            ("/items/4/identity", "wrong_check_digit"),
        ];
        assert_eq!(named, expected);
        assert_eq!(normal_rows(&rows[..1]).unwrap(), ["NX0001"]);
        let many: Vec<(&str, i32)> = (0..500).map(|n| ("x", n)).collect();
        assert_eq!(normal_rows(&many).unwrap_err().len(), MOST_NAMED);
    }
}
