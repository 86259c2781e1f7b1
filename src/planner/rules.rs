//! Pure arithmetic of a unit's year: what is left, the pace it needs, the pace it has, what comes of it.

use crate::kernel::money::{Fen, Overflow, ratio_half_up};
use crate::kernel::time::Day;

/// Points of the year at which units are reminded, as the rule table names them.
pub const POINTS: [&str; 3] = ["first", "second", "third"];

/// What a year's pace is computed from.
#[derive(Debug, Clone, Copy)]
pub struct YearSoFar {
    /// The plans' year.
    pub year: i64,
    /// As known at the end of this day.
    pub as_of: Day,
    /// Until when it is to be completed; the year's last day unless a what-if says otherwise.
    pub until: Day,
    /// Reserved, in fen.
    pub reserved: Fen,
    /// Completed, in fen.
    pub completed: Fen,
}

/// A year's pace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Reserved and not completed, in fen; nothing once more is completed than reserved.
    pub left: Fen,
    /// Days from tomorrow to the last one.
    pub days_left: i64,
    /// Months that have a day left, the running one included.
    pub months_left: i64,
    /// What each of those months has to complete, rounded up to the fen; all of what is left when none remains.
    pub needed_a_month: Fen,
    /// 序时: what an even pace through the year would have completed by now, half-up.
    pub expected: Fen,
    /// What would be completed by the last day at the pace so far, half-up; `None` before the year has a day.
    pub forecast: Option<Fen>,
}

/// Computes the pace.
///
/// # Errors
/// [`Overflow`].
pub fn pace(of: &YearSoFar) -> Result<Pace, Overflow> {
    let first = Day::first_of_year(of.year);
    let whole = (of.until.epoch_days() - first.epoch_days() + 1).max(1);
    let over = (of.as_of.epoch_days() - first.epoch_days() + 1).clamp(0, whole);
    let days_left = whole - over;
    let left = Fen::new(of.reserved.get().saturating_sub(of.completed.get()).max(0));
    let months_left = if days_left == 0 { 0 } else { months(of.as_of.plus_days(1).max(first), of.until) };
    let needed = if months_left == 0 { left.get() } else { (left.get() + months_left - 1) / months_left };
    let forecast = if over == 0 { None } else { Some(Fen::new(ratio_half_up(of.completed.get(), whole, over)?)) };
    Ok(Pace {
        left,
        days_left,
        months_left,
        needed_a_month: Fen::new(needed),
        expected: Fen::new(ratio_half_up(of.reserved.get(), over, whole)?),
        forecast,
    })
}

/// Months that two days and those between them lie in.
fn months(from: Day, to: Day) -> i64 {
    let place = |day: Day| day.year() * 12 + i64::from(day.date().month());
    place(to) - place(from) + 1
}

/// Which point of the year a day has come to: the last of those that are not later; none before the first.
#[must_use]
pub fn point_on(points: &[(&'static str, Day)], today: Day) -> Option<(&'static str, Day)> {
    points.iter().copied().filter(|(_, day)| *day <= today).max_by_key(|(_, day)| *day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year(as_of: Day, until: Day, reserved: i64, completed: i64) -> Pace {
        let (reserved, completed) = (Fen::new(reserved), Fen::new(completed));
        pace(&YearSoFar { year: 2021, as_of, until, reserved, completed }).unwrap()
    }

    #[test]
    fn what_is_left_and_at_which_pace() {
        let last = Day::ymd(2021, 12, 31);
        // 30 June: 181 of 365 days are over, six months are left.
        let june = year(Day::ymd(2021, 6, 30), last, 36_500, 9_050);
        assert_eq!((june.left, june.days_left, june.months_left), (Fen::new(27_450), 184, 6));
        assert_eq!(
            (june.needed_a_month, june.expected, june.forecast),
            (Fen::new(4_575), Fen::new(18_100), Some(Fen::new(18_250)))
        );
        // The running month counts while it has a day left; what does not divide is rounded up.
        let november = year(Day::ymd(2021, 11, 29), last, 10, 3);
        assert_eq!((november.months_left, november.needed_a_month), (2, Fen::new(4)));
        // On the last day nothing is left to plan with, and beyond the reserve nothing is left to do.
        let end = year(last, last, 100, 40);
        assert_eq!(
            (end.days_left, end.months_left, end.needed_a_month, end.forecast),
            (0, 0, Fen::new(60), Some(Fen::new(40)))
        );
        assert_eq!(year(last, last, 100, 267).left, Fen::ZERO);
        // Before the year, and with another last day.
        let before = year(Day::ymd(2020, 12, 31), last, 100, 0);
        assert_eq!(
            (before.days_left, before.months_left, before.expected, before.forecast),
            (365, 12, Fen::ZERO, None)
        );
        let early = year(Day::ymd(2021, 6, 30), Day::ymd(2021, 9, 30), 2_730, 1_000);
        assert_eq!((early.days_left, early.months_left, early.expected), (92, 3, Fen::new(1_810)));
    }

    #[test]
    fn points_of_the_year() {
        let points =
            [("first", Day::ymd(2021, 6, 30)), ("second", Day::ymd(2021, 9, 30)), ("third", Day::ymd(2021, 11, 30))];
        assert_eq!(point_on(&points, Day::ymd(2021, 6, 29)), None);
        assert_eq!(point_on(&points, Day::ymd(2021, 6, 30)), Some(points[0]));
        assert_eq!(point_on(&points, Day::ymd(2021, 11, 29)), Some(points[1]));
        assert_eq!(point_on(&points, Day::ymd(2022, 1, 1)), Some(points[2]));
    }
}
