//! The term of an agreement and its calendar: on which days goods may come.

use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::time::Day;

/// Days from one to another, both included, on which nothing comes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExcludedDays {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub until: Day,
    /// What these days are.
    #[schema(max_length = 50, min_length = 1, format = "line", example = "暑假")]
    pub name: String,
}

/// The weekday of a day: 1 Monday to 7 Sunday.
#[must_use]
pub fn weekday(day: Day) -> i64 {
    i64::from(day.date().weekday().to_monday_one_offset())
}

/// On which days of the term goods may come; nothing named: on every day.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TermCalendar {
    /// Weekdays, 1 Monday to 7 Sunday.
    pub weekdays: Vec<i64>,
    /// Months, 1 to 12.
    pub months: Vec<i64>,
    /// Days on which nothing comes, as school holidays.
    pub excluded: Vec<ExcludedDays>,
}

/// From when until when goods may come, and on which days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term<'a> {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub until: Day,
    /// Where one side gave notice: its last day.
    pub ends_on: Option<Day>,
    /// Which days of it.
    pub calendar: &'a TermCalendar,
}

/// Why goods may not come on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoDelivery {
    /// Before the first or after the last day.
    OutsideTerm(Day, Day),
    /// On no such weekday.
    Weekday,
    /// In no such month.
    Month,
    /// On days that are excluded.
    Excluded(String),
}

impl NoDelivery {
    /// The refusal of a delivery.
    #[must_use]
    pub fn at(&self, pointer: &str) -> AppError {
        let message = match self {
            NoDelivery::OutsideTerm(from, until) => Message::new(
                format!("协议期为 {from} 至 {until}"),
                format!("the agreement's term is {from} to {until}"),
            ),
            NoDelivery::Weekday => {
                Message::new("协议约定这一星期日不送货", "the agreement has no deliveries on this weekday")
            }
            NoDelivery::Month => Message::new("协议约定这个月不送货", "the agreement has no deliveries in this month"),
            NoDelivery::Excluded(name) => Message::new(
                format!("协议约定“{name}”期间不送货"),
                format!("the agreement has no deliveries during \"{name}\""),
            ),
        };
        AppError::field(Code::ValidationFailed, pointer, message)
    }
}

/// Whether goods may come on a day.
///
/// # Errors
/// Says why not.
pub fn delivers(term: &Term<'_>, day: Day) -> Result<(), NoDelivery> {
    let last = term.ends_on.map_or(term.until, |end| end.min(term.until));
    if day < term.from || day > last {
        return Err(NoDelivery::OutsideTerm(term.from, last));
    }
    let TermCalendar { weekdays, months, excluded } = term.calendar;
    if let Some(days) = excluded.iter().find(|days| days.from <= day && day <= days.until) {
        return Err(NoDelivery::Excluded(days.name.clone()));
    }
    if !months.is_empty() && !months.contains(&day.month_number()) {
        return Err(NoDelivery::Month);
    }
    if weekdays.is_empty() || weekdays.contains(&weekday(day)) { Ok(()) } else { Err(NoDelivery::Weekday) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_a_term_and_its_calendar() {
        let day = |month, day| Day::ymd(2021, month, day);
        let holidays = vec![ExcludedDays { from: day(7, 10), until: day(8, 31), name: "暑假".to_owned() }];
        // Mondays and Thursdays of a school year.
        let calendar = TermCalendar { weekdays: vec![1, 4], months: vec![3, 4, 5, 6, 7, 8, 9, 12], excluded: holidays };
        let term = Term { from: day(3, 1), until: day(12, 31), ends_on: None, calendar: &calendar };
        let ended = Term { ends_on: Some(day(9, 6)), ..term.clone() };
        let longer = Term { ends_on: Some(Day::ymd(2022, 9, 6)), ..term.clone() };
        let excluded = || Err(NoDelivery::Excluded("暑假".to_owned()));
        let table = [
            (&term, day(2, 25), Err(NoDelivery::OutsideTerm(day(3, 1), day(12, 31)))),
            (&term, day(3, 1), Ok(())),
            (&term, day(3, 2), Err(NoDelivery::Weekday)),
            (&term, day(3, 7), Err(NoDelivery::Weekday)),
            (&term, day(3, 4), Ok(())),
            (&term, day(7, 8), Ok(())),
            (&term, day(7, 12), excluded()),
            (&term, day(8, 30), excluded()),
            (&term, day(9, 2), Ok(())),
            (&term, day(10, 4), Err(NoDelivery::Month)),
            (&term, Day::ymd(2022, 1, 3), Err(NoDelivery::OutsideTerm(day(3, 1), day(12, 31)))),
            (&ended, day(9, 6), Ok(())),
            (&ended, day(9, 9), Err(NoDelivery::OutsideTerm(day(3, 1), day(9, 6)))),
            (&longer, Day::ymd(2022, 1, 3), Err(NoDelivery::OutsideTerm(day(3, 1), day(12, 31)))),
        ];
        for (term, on, want) in table {
            assert_eq!(delivers(term, on), want, "{on}");
        }
        let free = TermCalendar::default();
        let always = Term { calendar: &free, ..term };
        assert_eq!(delivers(&always, day(10, 3)), Ok(()));
    }
}
