//! Identity numbers (公民身份号码, GB 11643-1999): how one is told from other numbers, and that free texts hold none.

use super::error::{AppError, Code, Message};
use super::time::Day;
use super::uscc::half_width_upper;

/// Places of an identity number.
pub const PLACES: usize = 18;
/// Weights of places 1–17: powers of 2 modulo 11.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character by the weighted sum modulo 11.
const CHECKS: &[u8; 11] = b"10X98765432";

/// Whether a text in normal spelling has the form of an identity number: seventeen digits, and a digit or X.
#[must_use]
pub fn has_form(normal: &str) -> bool {
    let bytes = normal.as_bytes();
    bytes.len() == PLACES
        && bytes[..PLACES - 1].iter().all(u8::is_ascii_digit)
        && (bytes[PLACES - 1].is_ascii_digit() || bytes[PLACES - 1] == b'X')
}

/// Whether the last character of a number of that form fits the seventeen before it.
#[must_use]
pub fn checks(normal: &str) -> bool {
    let sum: u32 = normal.bytes().zip(WEIGHTS).map(|(byte, weight)| u32::from(byte.wrapping_sub(b'0')) * weight).sum();
    normal.as_bytes().last() == usize::try_from(sum % 11).ok().and_then(|at| CHECKS.get(at))
}

/// The day of birth in a number of that form.
#[must_use]
pub fn born(normal: &str) -> Option<Day> {
    let part = |range| normal.get(range);
    format!("{}-{}-{}", part(6..10)?, part(10..12)?, part(12..14)?).parse().ok()
}

/// Whether a free text holds what is most probably an identity number: eighteen places with a day of birth of our times, or the
/// fifteen that were used before 1999. A wrong check character makes none less telling.
#[must_use]
pub fn stands_in(text: &str) -> bool {
    let text = half_width_upper(text);
    let runs = text.split(|c: char| !(c.is_ascii_digit() || c == 'X')).filter(|run| run.len() >= 15);
    runs.into_iter().any(|run| {
        let eighteen = has_form(run) && born(run).is_some_and(|day| (1900..2100).contains(&day.year()));
        let old = run.len() == 15 && run.bytes().all(|byte| byte.is_ascii_digit()) && born_old(run).is_some();
        eighteen || old
    })
}

/// The day of birth in a number of fifteen places: two digits of the year.
fn born_old(digits: &str) -> Option<Day> {
    let part = |range| digits.get(range);
    format!("19{}-{}-{}", part(6..8)?, part(8..10)?, part(10..12)?).parse().ok()
}

/// Refuses a free text that holds an identity number: it would be kept, or shown, in clear.
///
/// # Errors
/// `validation_failed` at the field.
pub fn refuse_in(text: &str, pointer: &str, code: Code) -> Result<(), AppError> {
    if stands_in(text) {
        let message = Message::new("不得写明身份证号", "must not hold an identity number");
        return Err(AppError::field(code, pointer, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_in_texts_and_other_numbers_are_not() {
        for text in [
            "户主张三 640323198001150585 举报",
            "640323198001150083",
            "身份证６４０３２３１９８００１１５０５８５。",
            "11010519491231002x",
            "老证640323800115058号",
        ] {
            assert!(stands_in(text), "{text}");
        }
        for text in [
            "宁乡振认〔2021〕12号",
            "121200004013590816",
            "91110000600037341L",
            "SC10164030300013",
            "13800000000",
            "640323199913990585",
            "检测报告 20210312000123456789",
        ] {
            assert!(!stands_in(text), "{text}");
        }
        assert!(refuse_in("640323198001150585", "/reason", Code::ValidationFailed).is_err());
    }

    #[test]
    fn the_sample_of_the_standard() {
        assert!(has_form("11010519491231002X") && checks("11010519491231002X") && !checks("110105194912310021"));
        assert_eq!(born("11010519491231002X"), Some(Day::ymd(1949, 12, 31)));
    }
}
