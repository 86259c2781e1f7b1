//! The days of the year on which canteens buy.

use super::super::chance::Chance;
use crate::kernel::time::{At, Day};
use jiff::civil::Weekday;

/// First and last day of a stretch, as (month, day) of 2021.
type Stretch = ((i8, i8), (i8, i8));

/// Nobody orders around the long holidays.
const CLOSED: [Stretch; 3] = [((2, 9), (2, 17)), ((5, 1), (5, 5)), ((9, 30), (10, 7))];
/// Schools do not eat in their holidays either.
const SCHOOL_HOLIDAYS: [Stretch; 2] = [((1, 1), (2, 28)), ((7, 12), (8, 29))];
const FIRST: (i8, i8) = (1, 25);
const LAST: (i8, i8) = (12, 28);

/// When the play ends: an evening before the books of the year are closed.
pub const END: (i16, i8, i8) = (2022, 1, 14);

/// The days on which a canteen buys, in order.
#[must_use]
pub fn buying_days(school: bool) -> Vec<Day> {
    let last = day(LAST);
    let mut days = Vec::new();
    let mut next = day(FIRST);
    while next <= last {
        let away = inside(next, &CLOSED) || (school && inside(next, &SCHOOL_HOLIDAYS));
        if !away && is_weekday(next) {
            days.push(next);
        }
        next = next.plus_days(1);
    }
    days
}

/// A day of 2021.
#[must_use]
pub fn day((month, day): (i8, i8)) -> Day {
    Day::ymd(2021, month, day)
}

fn inside(day_: Day, stretches: &[Stretch]) -> bool {
    stretches.iter().any(|(from, until)| (day(*from)..=day(*until)).contains(&day_))
}

/// Whether it is a day from Monday to Friday.
#[must_use]
pub fn is_weekday(day: Day) -> bool {
    !matches!(day.date().weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The day itself or the Monday after it.
#[must_use]
pub fn weekday_from(day: Day) -> Day {
    if is_weekday(day) { day } else { weekday_from(day.plus_days(1)) }
}

/// A moment of a day, in minutes after midnight.
#[must_use]
pub fn moment(day: Day, minute: i64) -> At {
    day.start().plus_ms(minute.clamp(0, 1439) * 60_000)
}

/// A moment of a day between two hours.
pub fn between(chance: &mut Chance, day: Day, from_hour: i64, until_hour: i64) -> At {
    moment(day, chance.between(from_hour * 60, until_hour * 60 - 1))
}
