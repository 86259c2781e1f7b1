//! Exceptions from the separation of duties: only for small units, only from "who accepts never reports its payment".

use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::time::Day;

/// Why an exception is not granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The unit has as many people as keep the duties apart.
    EnoughPeople(i64),
    /// It ends before it begins, or before today.
    EndsTooEarly,
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        let wrong = |pointer: &str, zh: String, en: String| {
            AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en))
        };
        match refusal {
            Refusal::EnoughPeople(least) => wrong(
                "/unit_id",
                format!("人数不少于 {least} 人的单位不得例外"),
                format!("has {least} people or more, so its duties stay apart"),
            ),
            Refusal::EndsTooEarly => wrong(
                "/valid_until",
                "不能早于开始日期，也不能早于今天".to_owned(),
                "must not lie before the first day, nor before today".to_owned(),
            ),
        }
    }
}

/// Whether a unit is so small that it may have an exception, by the rule row `small_unit_staff`.
#[must_use]
pub const fn is_small(staff: i64, least: i64) -> bool {
    staff < least
}

/// Whether an exception may be granted today.
///
/// # Errors
/// The first [`Refusal`] in their order.
pub fn grant(staff: i64, least: i64, (from, until): (Day, Day), today: Day) -> Result<(), Refusal> {
    if !is_small(staff, least) {
        Err(Refusal::EnoughPeople(least))
    } else if until < from || until < today {
        Err(Refusal::EndsTooEarly)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_units_and_days_that_lie_ahead() {
        let day = |d: i8| Day::ymd(2021, 3, d);
        for (staff, from, until, want) in [
            (2, 1, 31, Ok(())),
            (0, 5, 5, Ok(())),
            (3, 1, 31, Err(Refusal::EnoughPeople(3))),
            (2, 9, 8, Err(Refusal::EndsTooEarly)),
            (2, 1, 4, Err(Refusal::EndsTooEarly)),
            (4, 9, 8, Err(Refusal::EnoughPeople(3))),
        ] {
            assert_eq!(grant(staff, 3, (day(from), day(until)), day(5)), want, "{staff} {from} {until}");
        }
    }
}
