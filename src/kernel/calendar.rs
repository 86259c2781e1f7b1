//! Working days (工作日) as the yearly holiday notices of the State Council's General Office (国务院办公厅关于节假日安排的
//! 通知) fix them, with the days that a region adds (Ningxia is off on 开斋节 and 古尔邦节).
//!
//! A notice makes some weekdays days off and some weekend days working days; every other day follows the weekend.
//! For a year whose notice is not loaded the weekend is all there is, so an answer that needed such a year is marked
//! provisional, and the caller computes it again when the year arrives.
//!
//! The first day of a period is never counted (民法典 articles 201 and 203, which also move a last day that falls on
//! a day off). Dates are civil dates in Asia/Shanghai; a period ends at 24:00 of its last day.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use jiff::civil::{Date, Weekday};

/// What a holiday notice says about a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DayKind {
    /// A day off, whether it falls on a weekday or on a weekend.
    Off,
    /// A make-up working day (调休上班).
    Work,
}

/// The last day of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Deadline {
    /// The period ends at 24:00 of this day, Asia/Shanghai.
    pub day: Date,
    /// True when a year had to be used whose holidays are not loaded: compute again once they are.
    pub provisional: bool,
}

/// The working days of one region.
#[derive(Debug, Clone, Default)]
pub struct WorkCalendar {
    special: BTreeMap<Date, DayKind>,
    loaded_years: BTreeSet<i16>,
}

impl WorkCalendar {
    /// A calendar from the days that notices name, and the years whose notices are complete.
    ///
    /// Chain the nation's days before the region's own: where both name a day, the later one wins. Days of a year that
    /// is not among `loaded_years` are used all the same, but leave what depends on that year provisional; so a
    /// region whose own festivals are missing for a year still has the national days of it.
    pub fn new(days: impl IntoIterator<Item = (Date, DayKind)>, loaded_years: impl IntoIterator<Item = i16>) -> Self {
        Self { special: days.into_iter().collect(), loaded_years: loaded_years.into_iter().collect() }
    }

    /// Whether the holidays of this year are loaded.
    #[must_use]
    pub fn is_loaded(&self, year: i16) -> bool {
        self.loaded_years.contains(&year)
    }

    /// Whether people work on this day.
    #[must_use]
    pub fn is_working_day(&self, date: Date) -> bool {
        match self.special.get(&date) {
            Some(kind) => *kind == DayKind::Work,
            None => !is_weekend(date),
        }
    }

    /// The day on which the `count`-th working day after `start` falls. `start` is not counted, whatever day it is;
    /// a count of 0 is `start` itself.
    #[must_use]
    pub fn add_working_days(&self, start: Date, count: u32) -> Deadline {
        let mut deadline = Deadline { day: start, provisional: false };
        let mut left = count;
        while left > 0 {
            // Only at the end of the year 9999, which no notice covers.
            let Ok(next) = deadline.day.tomorrow() else {
                break;
            };
            deadline = self.step(deadline, next);
            if self.is_working_day(next) {
                left -= 1;
            }
        }
        deadline
    }

    /// A deadline counted in calendar days: the date itself, or the next working day when it is a day off.
    #[must_use]
    pub fn roll_forward(&self, date: Date) -> Deadline {
        let start = Deadline { day: date, provisional: false };
        let mut deadline = self.step(start, date);
        while !self.is_working_day(deadline.day) {
            let Ok(next) = deadline.day.tomorrow() else {
                break;
            };
            deadline = self.step(deadline, next);
        }
        deadline
    }

    /// How many working days lie after `from`, up to and including `to`; 0 when `to` is not later.
    ///
    /// It takes as long as there are special days in between, not as the span itself: both dates may come from a
    /// request.
    #[must_use]
    pub fn working_days_between(&self, from: Date, to: Date) -> u32 {
        if to <= from {
            return 0;
        }
        let named = (Bound::Excluded(from), Bound::Included(to));
        let mut count = weekdays_between(from, to);
        for (date, kind) in self.special.range(named) {
            match (kind, is_weekend(*date)) {
                (DayKind::Off, false) => count -= 1,
                (DayKind::Work, true) => count += 1,
                (DayKind::Off, true) | (DayKind::Work, false) => {}
            }
        }
        // Neither bound can be passed: each day is counted at most once, and all of jiff's time has fewer days.
        u32::try_from(count).unwrap_or_default()
    }

    /// The deadline moved to a day that has been looked at, and so depends on that day's year.
    fn step(&self, deadline: Deadline, day: Date) -> Deadline {
        Deadline { day, provisional: deadline.provisional || !self.is_loaded(day.year()) }
    }
}

/// Saturday or Sunday.
fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// Days from Monday to Friday after `from`, up to and including `to`, which is later.
fn weekdays_between(from: Date, to: Date) -> i64 {
    let days = from.duration_until(to).as_hours() / 24;
    // Any seven days in a row hold five weekdays; what is left is walked.
    let (weeks, rest) = (days / 7, days % 7);
    let mut weekday = from.weekday();
    let mut count = weeks * 5;
    for _ in 0..rest {
        weekday = weekday.next();
        if !matches!(weekday, Weekday::Saturday | Weekday::Sunday) {
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use DayKind::{Off, Work};
    use jiff::civil::date;

    /// Holiday notices as ranges: year, month and first day, month and last day.
    type Range = (i16, (i8, i8), (i8, i8), DayKind);

    /// The nation in 2020, 2021 and 2023 (product description, section 6), and New Year 2022.
    const NATION: [Range; 40] = [
        (2020, (1, 1), (1, 1), Off),
        (2020, (1, 24), (2, 2), Off),
        (2020, (4, 4), (4, 6), Off),
        (2020, (5, 1), (5, 5), Off),
        (2020, (6, 25), (6, 27), Off),
        (2020, (10, 1), (10, 8), Off),
        (2020, (1, 19), (1, 19), Work),
        (2020, (4, 26), (4, 26), Work),
        (2020, (5, 9), (5, 9), Work),
        (2020, (6, 28), (6, 28), Work),
        (2020, (9, 27), (9, 27), Work),
        (2020, (10, 10), (10, 10), Work),
        (2021, (1, 1), (1, 3), Off),
        (2021, (2, 11), (2, 17), Off),
        (2021, (4, 3), (4, 5), Off),
        (2021, (5, 1), (5, 5), Off),
        (2021, (6, 12), (6, 14), Off),
        (2021, (9, 19), (9, 21), Off),
        (2021, (10, 1), (10, 7), Off),
        (2021, (2, 7), (2, 7), Work),
        (2021, (2, 20), (2, 20), Work),
        (2021, (4, 25), (4, 25), Work),
        (2021, (5, 8), (5, 8), Work),
        (2021, (9, 18), (9, 18), Work),
        (2021, (9, 26), (9, 26), Work),
        (2021, (10, 9), (10, 9), Work),
        (2022, (1, 1), (1, 3), Off),
        (2022, (12, 31), (12, 31), Off),
        (2023, (1, 1), (1, 2), Off),
        (2023, (1, 21), (1, 27), Off),
        (2023, (4, 5), (4, 5), Off),
        (2023, (4, 29), (5, 3), Off),
        (2023, (6, 22), (6, 24), Off),
        (2023, (9, 29), (10, 6), Off),
        (2023, (1, 28), (1, 29), Work),
        (2023, (4, 23), (4, 23), Work),
        (2023, (5, 6), (5, 6), Work),
        (2023, (6, 25), (6, 25), Work),
        (2023, (10, 7), (10, 8), Work),
        (2024, (1, 1), (1, 1), Off),
    ];

    /// What Ningxia adds in 2020 and 2021.
    const NINGXIA: [Range; 4] = [
        (2020, (5, 25), (5, 26), Off),
        (2020, (7, 30), (7, 31), Off),
        (2021, (5, 13), (5, 14), Off),
        (2021, (7, 19), (7, 20), Off),
    ];

    fn days(ranges: &[Range]) -> Vec<(Date, DayKind)> {
        let mut days = Vec::new();
        for (year, from, to, kind) in ranges {
            let mut day = date(*year, from.0, from.1);
            while day <= date(*year, to.0, to.1) {
                days.push((day, *kind));
                day = day.tomorrow().unwrap();
            }
        }
        days
    }

    fn nation() -> WorkCalendar {
        WorkCalendar::new(days(&NATION), [2020, 2021, 2023])
    }

    fn ningxia() -> WorkCalendar {
        let all = days(&NATION).into_iter().chain(days(&NINGXIA));
        WorkCalendar::new(all, [2020, 2021])
    }

    fn firm(day: Date) -> Deadline {
        Deadline { day, provisional: false }
    }

    fn provisional(day: Date) -> Deadline {
        Deadline { day, provisional: true }
    }

    #[test]
    fn single_days() {
        let table = [
            (date(2020, 1, 23), true, true),
            (date(2020, 1, 24), false, false), // a Friday off
            (date(2020, 2, 1), false, false),
            (date(2020, 2, 3), true, true),
            (date(2020, 2, 8), false, false), // a plain Saturday
            (date(2020, 1, 19), true, true),  // a make-up Sunday
            (date(2020, 10, 10), true, true), // a make-up Saturday
            (date(2020, 5, 25), true, false), // 开斋节
            (date(2020, 7, 31), true, false), // 古尔邦节
            (date(2021, 7, 19), true, false), // 古尔邦节
            (date(2022, 12, 31), false, false),
            (date(2023, 10, 6), false, false),
            (date(2023, 10, 7), true, true), // a make-up Saturday
            (date(2027, 1, 1), true, true),  // nothing loaded: a Friday
        ];
        let (nation, ningxia) = (nation(), ningxia());
        for (day, in_nation, in_ningxia) in table {
            assert_eq!(nation.is_working_day(day), in_nation, "{day}");
            assert_eq!(ningxia.is_working_day(day), in_ningxia, "{day}");
        }
    }

    #[test]
    fn adding_working_days() {
        let calendar = nation();
        let table = [
            // Across the Spring Festival: 02-03 and 02-04.
            (date(2020, 1, 23), 2, firm(date(2020, 2, 4))),
            // The start is not counted, be it a day off …
            (date(2020, 1, 25), 1, firm(date(2020, 2, 3))),
            // … or a make-up day.
            (date(2020, 1, 19), 1, firm(date(2020, 1, 20))),
            // A make-up Sunday counts.
            (date(2020, 1, 17), 1, firm(date(2020, 1, 19))),
            (date(2020, 3, 2), 0, firm(date(2020, 3, 2))),
            (date(2020, 3, 2), 1, firm(date(2020, 3, 3))),
            (date(2020, 3, 6), 2, firm(date(2020, 3, 10))),
            // Across the National Days of 2020 with both make-up days: 09-27 before, 10-09 and 10-10 after.
            (date(2020, 9, 25), 5, firm(date(2020, 10, 9))),
            (date(2020, 9, 30), 2, firm(date(2020, 10, 10))),
            (date(2020, 9, 30), 10, firm(date(2020, 10, 21))),
            // Into a loaded year, where a Friday to Sunday are off.
            (date(2020, 12, 31), 1, firm(date(2021, 1, 4))),
            (date(2021, 2, 10), 3, firm(date(2021, 2, 20))),
            (date(2023, 9, 28), 3, firm(date(2023, 10, 9))),
        ];
        for (start, count, expected) in table {
            assert_eq!(calendar.add_working_days(start, count), expected, "{start} + {count}");
        }
    }

    #[test]
    fn ningxia_rests_on_its_festivals() {
        let (nation, ningxia) = (nation(), ningxia());
        let table = [
            (date(2020, 5, 22), 2, date(2020, 5, 26), date(2020, 5, 28)),
            (date(2020, 7, 29), 1, date(2020, 7, 30), date(2020, 8, 3)),
            (date(2021, 5, 12), 2, date(2021, 5, 14), date(2021, 5, 18)),
            (date(2021, 7, 16), 1, date(2021, 7, 19), date(2021, 7, 21)),
        ];
        for (start, count, in_nation, in_ningxia) in table {
            assert_eq!(nation.add_working_days(start, count), firm(in_nation));
            assert_eq!(ningxia.add_working_days(start, count), firm(in_ningxia));
        }
    }

    #[test]
    fn rolling_forward() {
        let calendar = nation();
        let table = [
            (date(2020, 3, 2), firm(date(2020, 3, 2))),
            (date(2020, 3, 7), firm(date(2020, 3, 9))),
            (date(2020, 1, 24), firm(date(2020, 2, 3))),
            (date(2020, 6, 27), firm(date(2020, 6, 28))), // onto a make-up Sunday
            (date(2020, 10, 1), firm(date(2020, 10, 9))),
            (date(2020, 10, 10), firm(date(2020, 10, 10))),
            (date(2021, 1, 1), firm(date(2021, 1, 4))),
            (date(2023, 9, 29), firm(date(2023, 10, 7))),
            // The notice of 2023 also names the last day of 2022, a year that is not loaded.
            (date(2022, 12, 31), provisional(date(2023, 1, 3))),
        ];
        for (day, expected) in table {
            assert_eq!(calendar.roll_forward(day), expected, "{day}");
        }
    }

    #[test]
    fn unloaded_years_make_it_provisional() {
        let calendar = nation();
        let table = [
            // The last working day of a loaded year is firm, one more is not, though 2022-01-01..03 are known.
            (date(2021, 12, 30), 1, firm(date(2021, 12, 31))),
            (date(2021, 12, 30), 2, provisional(date(2022, 1, 4))),
            // Weekends alone decide where nothing is known.
            (date(2022, 9, 30), 1, provisional(date(2022, 10, 3))),
            // Back in a loaded year, but after days that nobody knows.
            (date(2022, 12, 28), 3, provisional(date(2023, 1, 3))),
            // The start is not looked at.
            (date(2022, 12, 31), 1, firm(date(2023, 1, 3))),
            (date(2026, 12, 31), 1, provisional(date(2027, 1, 1))),
        ];
        for (start, count, expected) in table {
            assert_eq!(calendar.add_working_days(start, count), expected, "{start} + {count}");
        }
        assert!(calendar.is_loaded(2023) && !calendar.is_loaded(2022));
        // Ningxia's festivals of 2023 are missing: the national days hold, but provisionally.
        assert_eq!(ningxia().roll_forward(date(2023, 9, 29)), provisional(date(2023, 10, 7)));
    }

    #[test]
    fn a_later_row_replaces_an_earlier_one() {
        let day = date(2020, 5, 25);
        let calendar = WorkCalendar::new([(day, Off), (day, Work), (day, Off)], [2020]);
        assert!(!calendar.is_working_day(day));
    }

    #[test]
    fn counting_working_days() {
        let calendar = nation();
        let table = [
            (date(2020, 3, 2), date(2020, 3, 2), 0),
            (date(2020, 3, 3), date(2020, 3, 2), 0),
            (date(2020, 3, 2), date(2020, 3, 3), 1),
            (date(2020, 3, 6), date(2020, 3, 8), 0),
            (date(2020, 3, 6), date(2020, 3, 9), 1),
            (date(2020, 1, 23), date(2020, 2, 2), 0),
            (date(2020, 1, 23), date(2020, 2, 4), 2),
            (date(2020, 1, 17), date(2020, 1, 19), 1),
            (date(2020, 9, 25), date(2020, 10, 10), 6),
            // 262 days from Monday to Friday, 19 of them off, and 6 make-up days.
            (date(2019, 12, 31), date(2020, 12, 31), 249),
        ];
        for (from, to, expected) in table {
            assert_eq!(calendar.working_days_between(from, to), expected, "{from} to {to}");
        }
    }

    /// The short cut of `working_days_between` against counting day by day, and adding against counting.
    #[test]
    fn counting_agrees_with_walking() {
        let calendar = ningxia();
        for offset in (0..400).step_by(9) {
            let from = date(2019, 12, 1).saturating_add(jiff::Span::new().days(offset));
            let (mut day, mut walked) = (from, 0);
            while day < date(2021, 2, 28) {
                day = day.tomorrow().unwrap();
                if calendar.is_working_day(day) {
                    walked += 1;
                    assert_eq!(calendar.add_working_days(from, walked).day, day);
                }
                assert_eq!(calendar.working_days_between(from, day), walked);
            }
        }
    }

    #[test]
    fn the_end_of_time_is_no_trap() {
        let calendar = nation();
        let last = provisional(Date::MAX);
        assert_eq!(calendar.add_working_days(date(9999, 12, 30), u32::MAX), last);
        let closed = WorkCalendar::new([(Date::MAX, Off)], []);
        assert_eq!(closed.roll_forward(Date::MAX), last);
        assert!(calendar.working_days_between(Date::MIN, Date::MAX) > 5_000_000);
    }
}
