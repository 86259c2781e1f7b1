//! On which day a fact counts.

use crate::kernel::calendar::WorkCalendar;
use crate::kernel::time::Day;

/// Month and day of the following year on which a year's books close, from the rule table (`01-15`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClosingDate {
    month: i8,
    day: i8,
}

impl ClosingDate {
    /// Reads `MM-DD`.
    #[must_use]
    pub fn parse(text: &str) -> Option<ClosingDate> {
        // A leap year, so that 02-29 is read; `of_year` makes it the 28th where there is none.
        let day: Day = format!("2020-{text}").parse().ok()?;
        Some(ClosingDate { month: day.date().month(), day: day.date().day() })
    }
    /// The date on which a year that closed on this day closes.
    #[must_use]
    pub fn of(day: Day) -> ClosingDate {
        ClosingDate { month: day.date().month(), day: day.date().day() }
    }
    /// The last day on which this year is open.
    #[must_use]
    pub fn of_year(self, year: i64) -> Day {
        let next = i16::try_from(year.saturating_add(1)).unwrap_or(i16::MAX);
        let last = Day::ymd(next, self.month, 1).date().days_in_month();
        Day::ymd(next, self.month, self.day.min(last))
    }
}

/// The day a fact counts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FactDate {
    /// It counts on this day.
    pub day: Day,
    /// Recorded too late to count on the day it occurred: listed for the auditor.
    pub late: bool,
}

/// The day on which a fact counts: the day it occurred when it was recorded within so many working days and before that year
/// closed, else the day it was recorded.
#[must_use]
pub fn fact_date(
    occurred_on: Day,
    recorded_on: Day,
    late_entry_days: u32,
    calendar: &WorkCalendar,
    closing: ClosingDate,
) -> FactDate {
    let until = calendar.add_working_days(occurred_on.date(), late_entry_days).day;
    let in_time = recorded_on.date() <= until && recorded_on <= closing.of_year(occurred_on.year());
    FactDate { day: if in_time { occurred_on } else { recorded_on }, late: !in_time }
}

/// The day on which a payment counts: that of its report, unless the year of that day had closed before the supplier confirmed
/// it (or it was deemed received); then the day on which it took effect, and it is listed as late.
#[must_use]
pub fn payment_date(reported: FactDate, effective_on: Day, closing: ClosingDate) -> FactDate {
    if effective_on > closing.of_year(reported.day.year()) {
        FactDate { day: effective_on, late: true }
    } else {
        reported
    }
}
