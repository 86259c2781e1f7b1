//! Calendars of standing orders: by cases, and against a model that goes week by week and month by month.

use super::*;
use crate::kernel::calendar::DayKind;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn day(year: i16, month: i8, number: i8) -> Day {
    Day::ymd(year, month, number)
}

/// The nation around the turns of 2021 and 2022, and Labour Day 2021; 2020 to 2022 and 2024 are loaded.
fn nation() -> WorkCalendar {
    let off = [
        (date(2021, 1, 1), 3),
        (date(2021, 4, 3), 3),
        (date(2021, 5, 1), 5),
        (date(2021, 10, 1), 7),
        (date(2022, 1, 1), 3),
        (date(2022, 1, 31), 7),
    ];
    let work = [date(2021, 4, 25), date(2021, 5, 8), date(2021, 10, 9), date(2022, 1, 29), date(2022, 1, 30)];
    let span = |(first, days): (Date, i64)| (0..days).map(move |n| (Day::new(first).plus_days(n).date(), DayKind::Off));
    let days = off.into_iter().flat_map(span).chain(work.into_iter().map(|day| (day, DayKind::Work)));
    WorkCalendar::new(days, [2020, 2021, 2022, 2024])
}

fn weekly(weekdays: &[i64], every_weeks: i64, anchor: Day) -> Recurrence {
    Recurrence {
        every_weeks,
        weekdays: weekdays.to_vec(),
        month_days: Vec::new(),
        anchor,
        days_off: DayOffRule::Keep,
        lead_days: 0,
        excluded: Vec::new(),
    }
}

fn monthly(month_days: &[i64]) -> Recurrence {
    Recurrence { month_days: month_days.to_vec(), ..weekly(&[], 1, day(2020, 1, 1)) }
}

fn plan(calendar: &Recurrence, from: Day, ends_on: Day) -> Plan<'_> {
    Plan { calendars: vec![Dated { from, revision: 1, calendar }], ends_on }
}

/// The days on which goods come.
fn come(calendar: &Recurrence, from: Day, until: Day) -> Vec<String> {
    let all = plan(calendar, from, until).occurrences(from, until, &nation());
    all.iter().map(|one| one.delivery_on.to_string()).collect()
}

#[test]
fn days_of_the_week_and_of_the_month() {
    let start = day(2021, 3, 3);
    let table: [(Recurrence, Day, Day, &[&str]); 9] = [
        (weekly(&[1, 4], 1, start), start, day(2021, 3, 15), &["2021-03-04", "2021-03-08", "2021-03-11", "2021-03-15"]),
        // Every second week, from that of the first day, whose Monday has passed.
        (
            weekly(&[1, 5], 2, start),
            start,
            day(2021, 4, 2),
            &["2021-03-05", "2021-03-15", "2021-03-19", "2021-03-29", "2021-04-02"],
        ),
        // Weeks are counted across the turn of the year.
        (
            weekly(&[7], 2, day(2021, 12, 19)),
            day(2021, 12, 19),
            day(2022, 1, 31),
            &["2021-12-19", "2022-01-02", "2022-01-16", "2022-01-30"],
        ),
        // The 31st is the last day of every month.
        (
            monthly(&[31]),
            day(2021, 1, 15),
            day(2021, 6, 30),
            &["2021-01-31", "2021-02-28", "2021-03-31", "2021-04-30", "2021-05-31", "2021-06-30"],
        ),
        // Of a month without them the 29th, the 30th and the 31st are one day.
        (monthly(&[29, 30, 31]), day(2021, 2, 1), day(2021, 3, 30), &["2021-02-28", "2021-03-29", "2021-03-30"]),
        // The leap day.
        (monthly(&[29]), day(2024, 2, 1), day(2024, 3, 1), &["2024-02-29"]),
        (monthly(&[30]), day(2024, 2, 1), day(2024, 3, 1), &["2024-02-29"]),
        (monthly(&[28, 29]), day(2023, 2, 1), day(2023, 3, 1), &["2023-02-28"]),
        (monthly(&[1, 15]), day(2021, 12, 2), day(2022, 1, 15), &["2021-12-15", "2022-01-01", "2022-01-15"]),
    ];
    for (calendar, from, until, want) in table {
        assert_eq!(come(&calendar, from, until), want, "{calendar:?}");
    }
}

#[test]
fn days_off_are_kept_skipped_and_moved() {
    // Labour Day of 2021 is from Saturday 1 to Wednesday 5 May, with work on Saturday the 8th.
    let (from, until) = (day(2021, 4, 26), day(2021, 5, 9));
    let table: [(DayOffRule, &[i64], &[&str]); 8] = [
        (DayOffRule::Keep, &[2], &["2021-04-27", "2021-05-04"]),
        (DayOffRule::Skip, &[2], &["2021-04-27"]),
        (DayOffRule::Before, &[2], &["2021-04-27", "2021-04-30"]),
        (DayOffRule::After, &[2], &["2021-04-27", "2021-05-06"]),
        // A make-up Saturday is a working day, a plain one is not.
        (DayOffRule::Skip, &[6], &["2021-05-08"]),
        // Several days move to one, and to one that is there by itself: one delivery.
        (DayOffRule::After, &[1, 2, 3, 4], &["2021-04-26", "2021-04-27", "2021-04-28", "2021-04-29", "2021-05-06"]),
        (DayOffRule::Before, &[1, 2, 3], &["2021-04-26", "2021-04-27", "2021-04-28", "2021-04-30"]),
        (DayOffRule::Before, &[5, 6], &["2021-04-30", "2021-05-07", "2021-05-08"]),
    ];
    for (days_off, weekdays, want) in table {
        let calendar = Recurrence { days_off, ..weekly(weekdays, 1, from) };
        assert_eq!(come(&calendar, from, until), want, "{days_off} {weekdays:?}");
    }
    // What moves to one day is called by the first of them; what is there by itself keeps its name.
    let moved = |weekdays: &[i64]| {
        let calendar = Recurrence { days_off: DayOffRule::After, ..weekly(weekdays, 1, from) };
        let all = plan(&calendar, from, until).occurrences(day(2021, 5, 1), until, &nation());
        all.first().map(|one| (one.day, one.delivery_on))
    };
    assert_eq!(moved(&[1, 2]), Some((day(2021, 5, 3), day(2021, 5, 6))));
    assert_eq!(moved(&[1, 4]), Some((day(2021, 5, 6), day(2021, 5, 6))));
}

#[test]
fn orders_are_placed_before_their_moved_delivery_also_in_another_year() {
    let calendar = Recurrence { days_off: DayOffRule::After, lead_days: 5, ..monthly(&[1]) };
    let all =
        plan(&calendar, day(2021, 12, 1), day(2022, 1, 31)).occurrences(day(2021, 12, 1), day(2022, 1, 31), &nation());
    let first = Occurrence {
        day: day(2021, 12, 1),
        delivery_on: day(2021, 12, 1),
        order_on: day(2021, 11, 26),
        revision: 1,
        provisional: false,
    };
    // New Year 2022 is off until Monday, the 3rd.
    let second =
        Occurrence { day: day(2022, 1, 1), delivery_on: day(2022, 1, 4), order_on: day(2021, 12, 30), ..first };
    assert_eq!(all, [first, second]);
    // Nothing is known of 2023; a kept day asks nobody.
    let later =
        plan(&calendar, day(2023, 1, 1), day(2023, 2, 1)).occurrences(day(2023, 1, 1), day(2023, 2, 1), &nation());
    assert_eq!(
        later.iter().map(|one| (one.delivery_on, one.provisional)).collect::<Vec<_>>(),
        [(day(2023, 1, 2), true), (day(2023, 2, 1), true),]
    );
    let kept = Recurrence { days_off: DayOffRule::Keep, ..calendar };
    let kept = plan(&kept, day(2023, 1, 1), day(2023, 1, 31)).occurrences(day(2023, 1, 1), day(2023, 1, 31), &nation());
    assert!(kept.iter().all(|one| !one.provisional) && kept.len() == 1);
}

#[test]
fn excluded_days_take_what_falls_on_them_and_what_moves_there() {
    let holidays = vec![ExcludedDays { from: day(2021, 5, 6), until: day(2021, 5, 7), name: "校运会".to_owned() }];
    let calendar =
        Recurrence { days_off: DayOffRule::After, excluded: holidays, ..weekly(&[3, 4], 1, day(2021, 4, 26)) };
    // Wednesday, 5 May, would move to Thursday, the 6th.
    assert_eq!(
        come(&calendar, day(2021, 4, 26), day(2021, 5, 13)),
        ["2021-04-28", "2021-04-29", "2021-05-12", "2021-05-13",]
    );
}

#[test]
fn an_amendment_holds_from_its_day_and_leaves_older_days_alone() {
    let start = day(2021, 3, 1);
    let (first, second) = (weekly(&[1], 2, start), weekly(&[1, 3], 2, start));
    let third = monthly(&[20]);
    let plan = Plan {
        calendars: vec![
            Dated { from: start, revision: 1, calendar: &first },
            Dated { from: day(2021, 3, 16), revision: 2, calendar: &second },
            Dated { from: day(2021, 4, 13), revision: 3, calendar: &third },
        ],
        ends_on: day(2021, 5, 31),
    };
    let all = plan.occurrences(start, day(2021, 12, 31), &nation());
    let shown: Vec<(String, i64)> = all.iter().map(|one| (one.day.to_string(), one.revision)).collect();
    let want = [
        ("2021-03-01", 1),
        ("2021-03-15", 1),
        ("2021-03-17", 2),
        ("2021-03-29", 2),
        ("2021-03-31", 2),
        ("2021-04-12", 2),
        ("2021-04-20", 3),
        ("2021-05-20", 3),
    ];
    assert_eq!(shown, want.map(|(day, revision)| (day.to_owned(), revision)));
}

#[test]
fn a_calendar_names_either_weekdays_or_days_of_the_month() {
    let weekly = NewRecurrence {
        every_weeks: Some(2),
        weekdays: vec![1],
        month_days: Vec::new(),
        days_off: DayOffRule::Skip,
        lead_days: 3,
        excluded: Vec::new(),
    };
    let upside_down = ExcludedDays { from: day(2021, 5, 7), until: day(2021, 5, 6), name: "暑假".to_owned() };
    let table = [
        (weekly.clone(), vec![]),
        (NewRecurrence { month_days: vec![1], ..weekly.clone() }, vec!["/calendar"]),
        (NewRecurrence { weekdays: vec![], ..weekly.clone() }, vec!["/calendar", "/calendar/every_weeks"]),
        (NewRecurrence { weekdays: vec![], month_days: vec![1], ..weekly.clone() }, vec!["/calendar/every_weeks"]),
        (NewRecurrence { excluded: vec![upside_down], ..weekly }, vec!["/calendar/excluded/0/until"]),
    ];
    for (asked, want) in table {
        let (_, faults) = asked.from_week_of(day(2021, 3, 1));
        let pointers: Vec<&str> = faults.iter().map(|fault| fault.parts().fields[0].pointer.as_str()).collect();
        assert_eq!(pointers, want);
    }
}

#[test]
fn the_end_of_time_is_no_trap() {
    let last = Day::new(Date::MAX);
    let calendar = Recurrence { days_off: DayOffRule::After, ..weekly(&[1, 2, 3, 4, 5, 6, 7], 1, last) };
    let found = plan(&calendar, day(9999, 12, 1), last).occurrences(day(9999, 12, 1), last, &nation());
    assert!(found.len() <= 31);
}

/// The first day that all random calendars are around.
const BASE: Date = date(2021, 1, 4);

/// What the naive model knows: weeks are laid out one after another, months one after another.
fn naive(calendar: &Recurrence, (from, until): (Day, Day), working: &WorkCalendar) -> BTreeSet<(Day, Day, Day)> {
    let mut named = BTreeSet::new();
    if calendar.month_days.is_empty() {
        let anchor = calendar.anchor.date();
        let monday = Day::new(anchor).plus_days(1 - i64::from(anchor.weekday().to_monday_one_offset()));
        for turn in -60..60 {
            for weekday in &calendar.weekdays {
                named.insert(monday.plus_days(turn * 7 * calendar.every_weeks + weekday - 1));
            }
        }
    } else {
        for year in 2019..2024 {
            for month in 1..=12 {
                let most = i64::from(date(year, month, 1).days_in_month());
                for wanted in &calendar.month_days {
                    named.insert(Day::ymd(year, month, i8::try_from(*wanted.min(&most)).unwrap()));
                }
            }
        }
    }
    let off = |on: Day| calendar.excluded.iter().any(|days| days.from <= on && on <= days.until);
    let step = if calendar.days_off == DayOffRule::Before { -1 } else { 1 };
    let mut moved = Vec::new();
    for on in named.into_iter().filter(|on| from <= *on && *on <= until && !off(*on)) {
        let mut at = on;
        if calendar.days_off != DayOffRule::Keep {
            let mut tries = 0;
            while !working.is_working_day(at.date()) && calendar.days_off != DayOffRule::Skip && tries < MOST_MOVED {
                at = at.plus_days(step);
                tries += 1;
            }
            if !working.is_working_day(at.date()) {
                continue;
            }
        }
        if !off(at) {
            moved.push((on, at));
        }
    }
    // One of those that come on one day.
    let mut kept = BTreeSet::new();
    for (on, at) in &moved {
        let rivals: Vec<Day> = moved.iter().filter(|(_, other)| other == at).map(|(other, _)| *other).collect();
        let winner = if rivals.contains(at) { *at } else { rivals.into_iter().min().unwrap() };
        if winner == *on {
            kept.insert((*on, *at, at.plus_days(-calendar.lead_days)));
        }
    }
    kept
}

fn calendars() -> impl Strategy<Value = Recurrence> {
    let rule = prop::sample::select(DayOffRule::ALL.to_vec());
    let weekdays = prop::collection::btree_set(1_i64..=7, 1..=5);
    let month_days = prop::collection::btree_set(1_i64..=31, 1..=6);
    let excluded = prop::collection::vec((0_i64..400, 0_i64..40), 0..3);
    let which = (any::<bool>(), 1_i64..=4, weekdays, month_days);
    (which, rule, -30_i64..30, 0_i64..20, excluded).prop_map(|(which, days_off, anchor, lead_days, excluded)| {
        let (weekly, every_weeks, weekdays, month_days) = which;
        let base = Day::new(BASE);
        Recurrence {
            every_weeks,
            weekdays: if weekly { weekdays.into_iter().collect() } else { Vec::new() },
            month_days: if weekly { Vec::new() } else { month_days.into_iter().collect() },
            anchor: base.plus_days(anchor),
            days_off,
            lead_days,
            excluded: excluded
                .into_iter()
                .map(|(from, days)| ExcludedDays {
                    from: base.plus_days(from),
                    until: base.plus_days(from + days),
                    name: "假期".to_owned(),
                })
                .collect(),
        }
    })
}

proptest! {
    #[test]
    fn random_calendars_equal_a_naive_model(
        calendar in calendars(),
        (start, length) in (0_i64..200, 0_i64..200),
        special in prop::collection::vec((0_i64..450, any::<bool>()), 0..80),
        long in prop::option::of(0_i64..300),
        (window, days) in (0_i64..300, 0_i64..150),
    ) {
        let base = Day::new(BASE);
        let kind = |work: bool| if work { DayKind::Work } else { DayKind::Off };
        let mut named: Vec<(Date, DayKind)> =
            special.into_iter().map(|(at, work)| (base.plus_days(at).date(), kind(work))).collect();
        // Ten days off in a row, as at the Spring Festival.
        named.extend(long.into_iter().flat_map(|at| (0..10).map(move |n| (base.plus_days(at + n).date(), DayKind::Off))));
        let working = WorkCalendar::new(named, [2021]);
        let (from, until) = (base.plus_days(start), base.plus_days(start + length));
        let plan = plan(&calendar, from, until);
        let all = plan.occurrences(from, until, &working);
        let found: BTreeSet<(Day, Day, Day)> = all.iter().map(|one| (one.day, one.delivery_on, one.order_on)).collect();
        prop_assert_eq!(&found, &naive(&calendar, (from, until), &working));
        prop_assert_eq!(found.len(), all.len());
        // A part of it is the same part of the whole.
        let (first, last) = (base.plus_days(window), base.plus_days(window + days));
        let part = plan.occurrences(first, last, &working);
        let want: Vec<Occurrence> = all.into_iter().filter(|one| first <= one.day && one.day <= last).collect();
        prop_assert_eq!(part, want);
    }
}
