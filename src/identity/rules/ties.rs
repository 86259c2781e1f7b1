//! The days of a tie between a unit and who pays or orders for it, and how far away a payer may be.

use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::time::Day;

/// The day after all others in dated rows: such a row is open.
#[must_use]
pub fn open() -> Day {
    Day::ymd(9999, 12, 31)
}

/// The day after the last; a tie whose last day is the calendar's is open.
#[must_use]
pub fn day_after(until: Option<Day>) -> Day {
    until.filter(|day| *day < open()).map_or(open(), |day| day.plus_days(1))
}

/// The day after the last one of a tie that is to be made.
///
/// # Errors
/// `validation_failed` for a first day before 1900 or a last day before the first.
pub fn tie_end(from: Day, until: Option<Day>) -> Result<Day, AppError> {
    if from < Day::ymd(1900, 1, 1) {
        return Err(wrong("/from", "不能早于1900年1月1日", "is before 1900-01-01"));
    }
    let valid_to = day_after(until);
    if valid_to <= from {
        return Err(wrong("/until", "不能早于开始日期", "is before the first day"));
    }
    Ok(valid_to)
}

/// Refuses to end a tie in the past, since it was ordered under it.
///
/// # Errors
/// `validation_failed`.
pub fn check_last_day(until: Day, today: Day) -> Result<(), AppError> {
    if until < today { Err(wrong("/until", "不能早于今天", "lies in the past")) } else { Ok(()) }
}

/// Whether a tie that ends on a day has no effect at all: it begins later than today, and on that day at the earliest.
#[must_use]
pub fn is_withdrawn(from: Day, until: Day, today: Day) -> bool {
    from > today && from >= until
}

/// Whether an organisation may pay for another: they are of one prefecture, or one's region lies in the other's.
#[must_use]
pub fn on_common_ground(one: &RegionCode, other: &RegionCode) -> bool {
    let prefecture = |code: &RegionCode| code.ancestors().into_iter().find(|c| c.level() == RegionLevel::Prefecture);
    one.contains(other) || other.contains(one) || prefecture(one).is_some_and(|code| Some(code) == prefecture(other))
}

fn wrong(pointer: &str, zh: &str, en: &str) -> AppError {
    AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_of_a_tie() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        for (from, until, to) in [
            ("1900-01-01", Some("1900-01-01"), Some("1900-01-02")),
            ("2021-03-01", None, Some("9999-12-31")),
            ("2021-03-01", Some("9999-12-31"), Some("9999-12-31")),
            ("1899-12-31", None, None),
            ("2021-03-02", Some("2021-03-01"), None),
        ] {
            assert_eq!(tie_end(day(from), until.map(day)).ok(), to.map(day), "{from} {until:?}");
        }
        for (from, until, withdrawn) in [
            ("2021-03-01", "2021-03-01", false),
            ("2021-03-02", "2021-03-01", true),
            ("2021-03-02", "2021-03-02", true),
            ("2021-03-02", "2021-03-03", false),
        ] {
            assert_eq!(is_withdrawn(day(from), day(until), day("2021-03-01")), withdrawn, "{from} {until}");
        }
    }

    #[test]
    fn common_ground_is_the_prefecture_or_a_region_in_the_other() {
        for (one, other, common) in [
            ("640323", "640323", true),
            ("640323", "640303", true),
            ("640323100", "640303", true),
            ("640323", "640300", true),
            ("640323", "640000", true),
            ("640323", "640104", false),
            ("640323", "640100", false),
            ("640300", "640400", false),
            ("640000", "650000", false),
        ] {
            let [a, b] = [one, other].map(|text| text.parse::<RegionCode>().unwrap());
            assert_eq!((on_common_ground(&a, &b), on_common_ground(&b, &a)), (common, common), "{one} {other}");
        }
    }
}
