//! The calendar of a standing order: on which days goods are to come, what days off make of them, when each is ordered.

use super::term::{ExcludedDays, weekday};
use crate::kernel::calendar::WorkCalendar;
use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::time::Day;
use std::collections::BTreeMap;

/// By how many days a delivery is moved at most; no days off in a row are more.
pub const MOST_MOVED: i64 = 31;
/// How far around a day others lie that may be moved to where it is moved.
pub const AROUND: i64 = 2 * MOST_MOVED;

crate::text_enum! {
    /// What becomes of a delivery that would come on a day off.
    DayOffRule {
        /// 照送: it comes all the same.
        Keep "keep"
        /// 跳过: it falls away.
        Skip "skip"
        /// 提前: it comes on the last working day before.
        Before "before"
        /// 顺延: it comes on the first working day after.
        After "after"
    }
}

/// A calendar as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecurrence {
    /// Every how many weeks; every week when not stated.
    pub every_weeks: Option<i64>,
    /// On which weekdays, 1 Monday to 7 Sunday.
    pub weekdays: Vec<i64>,
    /// On which days of the month.
    pub month_days: Vec<i64>,
    /// What becomes of days off.
    pub days_off: DayOffRule,
    /// How many days before its delivery each order is placed.
    pub lead_days: i64,
    /// Days on which nothing comes.
    pub excluded: Vec<ExcludedDays>,
}

/// On which days goods are to come.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Recurrence {
    /// Every how many weeks.
    pub every_weeks: i64,
    /// On which weekdays, 1 Monday to 7 Sunday; none where it goes by the month.
    pub weekdays: Vec<i64>,
    /// On which days of the month; of a day that a month has not, its last.
    pub month_days: Vec<i64>,
    /// A day of the week from which weeks are counted.
    pub anchor: Day,
    /// What becomes of days off.
    pub days_off: DayOffRule,
    /// How many days before its delivery each order is placed.
    pub lead_days: i64,
    /// Days on which nothing comes, as school holidays.
    pub excluded: Vec<ExcludedDays>,
}

impl NewRecurrence {
    /// The calendar with weeks counted from that of a day, and everything that is wrong with it.
    #[must_use]
    pub fn from_week_of(&self, anchor: Day) -> (Recurrence, Vec<AppError>) {
        let mut faults = Vec::new();
        let mut wrong = |pointer: String, zh: &str, en: &str| {
            faults.push(AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en)));
        };
        if self.weekdays.is_empty() == self.month_days.is_empty() {
            let (zh, en) = ("星期与每月日期须写其一，且只写其一", "name either weekdays or days of the month");
            wrong("/calendar".to_owned(), zh, en);
        }
        if self.every_weeks.is_some() && self.weekdays.is_empty() {
            let (zh, en) = ("只与星期一起写", "is stated with weekdays only");
            wrong("/calendar/every_weeks".to_owned(), zh, en);
        }
        for (index, days) in self.excluded.iter().enumerate() {
            if days.until < days.from {
                let pointer = format!("/calendar/excluded/{index}/until");
                wrong(pointer, "不得早于第一天", "must not be before the first day");
            }
        }
        let recurrence = Recurrence {
            every_weeks: self.every_weeks.unwrap_or(1).max(1),
            weekdays: self.weekdays.clone(),
            month_days: self.month_days.clone(),
            anchor,
            days_off: self.days_off,
            lead_days: self.lead_days,
            excluded: self.excluded.clone(),
        };
        (recurrence, faults)
    }
}

/// The number of the week of a day; weeks begin on Monday.
fn week(day: Day) -> i64 {
    // 1 January 1970 was a Thursday.
    (day.epoch_days() + 3).div_euclid(7)
}

impl Recurrence {
    /// Whether goods are to come on a day, whatever is off.
    #[must_use]
    pub fn falls_on(&self, day: Day) -> bool {
        if self.excludes(day) {
            return false;
        }
        if self.month_days.is_empty() {
            let weeks = week(day) - week(self.anchor);
            return self.weekdays.contains(&weekday(day)) && weeks.rem_euclid(self.every_weeks.max(1)) == 0;
        }
        let number = i64::from(day.date().day());
        let last = day.plus_days(1).month_number() != day.month_number();
        self.month_days.iter().any(|wanted| *wanted == number || (last && *wanted > number))
    }

    fn excludes(&self, day: Day) -> bool {
        self.excluded.iter().any(|days| days.from <= day && day <= days.until)
    }

    /// When goods come that are to come on a day, and whether that rests on a year that is not loaded.
    #[must_use]
    pub fn delivery(&self, day: Day, working: &WorkCalendar) -> Option<(Day, bool)> {
        if self.days_off == DayOffRule::Keep {
            return Some((day, false));
        }
        let (mut at, mut provisional) = (day, false);
        for _ in 0..=MOST_MOVED {
            provisional |= !working.is_loaded(at.date().year());
            if working.is_working_day(at.date()) {
                return Some((at, provisional)).filter(|(at, _)| !self.excludes(*at));
            }
            match self.days_off {
                DayOffRule::Before => at = at.plus_days(-1),
                DayOffRule::After => at = at.plus_days(1),
                DayOffRule::Keep | DayOffRule::Skip => return None,
            }
        }
        None
    }
}

/// A day of a standing order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// The day of the calendar: what it is called, whatever days off make of it.
    pub day: Day,
    /// When the goods come.
    pub delivery_on: Day,
    /// When they are ordered.
    pub order_on: Day,
    /// The revision that says what.
    pub revision: i64,
    /// Whether it rests on a calendar year that is not loaded.
    pub provisional: bool,
}

impl Occurrence {
    /// Whether it comes on its own day.
    #[must_use]
    pub fn is_unmoved(&self) -> bool {
        self.day == self.delivery_on
    }
}

/// A calendar that holds from a day on.
#[derive(Debug, Clone, Copy)]
pub struct Dated<'a> {
    /// The first day of the calendar that it decides.
    pub from: Day,
    /// The revision that it belongs to.
    pub revision: i64,
    /// On which days.
    pub calendar: &'a Recurrence,
}

/// All calendars of a standing order, in the order in which they were made: no later one begins before an earlier one.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// The calendars.
    pub calendars: Vec<Dated<'a>>,
    /// The last day.
    pub ends_on: Day,
}

impl Plan<'_> {
    /// From when until when working days must be known for days between these.
    #[must_use]
    pub fn looks_at(from: Day, until: Day) -> (Day, Day) {
        let around = AROUND + MOST_MOVED;
        (from.plus_days(-around), until.plus_days(around))
    }

    /// What is to come of the days from one to another, both included, in their order. Of several that would come on one day
    /// one comes: that which is there by itself, else the first.
    #[must_use]
    pub fn occurrences(&self, from: Day, until: Day, working: &WorkCalendar) -> Vec<Occurrence> {
        let Some(first) = self.calendars.first() else { return Vec::new() };
        let (start, last) = (first.from.max(from.plus_days(-AROUND)), self.ends_on.min(until.plus_days(AROUND)));
        let mut by_delivery: BTreeMap<Day, Occurrence> = BTreeMap::new();
        for number in 0..=last.epoch_days() - start.epoch_days() {
            if let Some(found) = self.occurrence(start.plus_days(number), working) {
                let known = by_delivery.entry(found.delivery_on).or_insert(found);
                if found.is_unmoved() {
                    *known = found;
                }
            }
        }
        let mut found: Vec<Occurrence> = by_delivery.into_values().collect();
        found.retain(|one| from <= one.day && one.day <= until);
        found.sort_by_key(|one| one.day);
        found
    }

    fn occurrence(&self, day: Day, working: &WorkCalendar) -> Option<Occurrence> {
        let dated = self.calendars.iter().rev().find(|dated| dated.from <= day)?;
        if !dated.calendar.falls_on(day) {
            return None;
        }
        let (delivery_on, provisional) = dated.calendar.delivery(day, working)?;
        let order_on = delivery_on.plus_days(-dated.calendar.lead_days);
        Some(Occurrence { day, delivery_on, order_on, revision: dated.revision, provisional })
    }
}

#[cfg(test)]
mod tests;
