//! Months: from when until when.

use crate::kernel::time::{At, Day};

/// A calendar month in Asia/Shanghai.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// As `YYYY-MM`.
    pub name: String,
    /// Its first moment.
    pub from: At,
    /// The first moment after it.
    pub until: At,
}

impl Month {
    /// The month of a day.
    #[must_use]
    pub fn of(day: Day) -> Month {
        let first = day.plus_days(1 - i64::from(day.date().day()));
        let next = first.plus_days(i64::from(day.date().days_in_month()));
        Month { name: day.month(), from: first.start(), until: next.start() }
    }
    /// The month that ended last before a day.
    #[must_use]
    pub fn ended_before(day: Day) -> Month {
        Month::of(day.plus_days(-i64::from(day.date().day())))
    }
    /// Its last day, by whose rules it is judged.
    #[must_use]
    pub fn last_day(&self) -> Day {
        self.until.day().plus_days(-1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_of_days() {
        let table = [
            (Day::ymd(2021, 3, 1), "2021-03", "2021-02", Day::ymd(2021, 2, 28)),
            (Day::ymd(2021, 3, 31), "2021-03", "2021-02", Day::ymd(2021, 2, 28)),
            (Day::ymd(2021, 1, 15), "2021-01", "2020-12", Day::ymd(2020, 12, 31)),
            (Day::ymd(2020, 3, 1), "2020-03", "2020-02", Day::ymd(2020, 2, 29)),
        ];
        for (day, name, before, last) in table {
            let (month, ended) = (Month::of(day), Month::ended_before(day));
            assert_eq!((month.name.as_str(), ended.name.as_str(), ended.last_day()), (name, before, last));
            assert!(month.from <= day.start() && day.start() < month.until);
            assert_eq!(ended.until, month.from);
        }
    }
}
