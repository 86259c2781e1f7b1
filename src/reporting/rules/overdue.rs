//! How long money is past due, and what that costs.

use crate::kernel::money::{Fen, Overflow};
use crate::kernel::time::Day;

/// Days past due up to which an amount stands in a column of the ageing; the last column has no end.
pub const AGES: [i64; 3] = [30, 60, 90];

crate::text_enum! {
    /// How long an amount is past due.
    Age {
        /// The payment clock does not run.
        NoClock "no_clock"
        /// The last day to pay has not passed.
        NotDue "not_due"
        /// By 1 to 30 days.
        Days30 "days_1_30"
        /// By 31 to 60 days.
        Days60 "days_31_60"
        /// By 61 to 90 days.
        Days90 "days_61_90"
        /// By more than 90 days.
        Over90 "over_90"
    }
}

/// How long an amount is past due at the end of a day.
#[must_use]
pub fn age(due: Option<Day>, as_of: Day) -> Age {
    let Some(due) = due else { return Age::NoClock };
    let days = as_of.epoch_days() - due.epoch_days();
    match days {
        ..=0 => Age::NotDue,
        d if d <= AGES[0] => Age::Days30,
        d if d <= AGES[1] => Age::Days60,
        d if d <= AGES[2] => Age::Days90,
        _ => Age::Over90,
    }
}

/// What was open at the end of a day; never less than nothing.
///
/// # Errors
/// [`Overflow`].
pub fn open_at(moves: &[(Day, Fen)], day: Day) -> Result<Fen, Overflow> {
    let sum = Fen::total(moves.iter().filter(|(on, _)| *on <= day).map(|(_, fen)| *fen))?;
    Ok(sum.max(Fen::ZERO))
}

/// The last day to pay what was the first to become past due until a day, and how much that was: the due day, or a later one on which
/// something came to be owed. Nothing when nothing ever was past due.
///
/// # Errors
/// [`Overflow`].
pub fn first_overdue(moves: &[(Day, Fen)], due: Day, as_of: Day) -> Result<Option<(Day, Fen)>, Overflow> {
    let mut days: Vec<Day> = moves.iter().map(|(on, _)| *on).filter(|on| *on > due && *on < as_of).collect();
    days.sort_unstable();
    for day in [due].into_iter().chain(days) {
        let open = open_at(moves, day)?;
        if open > Fen::ZERO {
            return Ok(Some((day, open)));
        }
    }
    Ok(None)
}

/// Interest from the day after the last one to pay through a day, in fen: what was open at the end of the day before, each
/// day at a rate in parts per million, rounded once, half-up.
///
/// # Errors
/// [`Overflow`].
pub fn interest(moves: &[(Day, Fen)], due: Day, as_of: Day, ppm: i64) -> Result<Fen, Overflow> {
    let mut days: Vec<Day> = moves.iter().map(|(on, _)| *on).filter(|on| *on > due && *on < as_of).collect();
    days.sort_unstable();
    days.dedup();
    let (mut from, mut sum) = (due, 0_i128);
    for until in days.into_iter().chain([as_of]) {
        let length = i128::from((until.epoch_days() - from.epoch_days()).max(0));
        sum += i128::from(open_at(moves, from)?.get()) * length;
        from = until;
    }
    let rounded = (sum * i128::from(ppm) + 500_000) / 1_000_000;
    i64::try_from(rounded).map(Fen::new).map_err(|_| Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moves(all: &[(i64, i64)]) -> Vec<(Day, Fen)> {
        all.iter().map(|(day, fen)| (Day::ymd(2021, 3, 1).plus_days(*day), Fen::new(*fen))).collect()
    }

    /// Day by day, without any thought.
    fn naive(moves: &[(Day, Fen)], due: Day, as_of: Day, ppm: i64) -> Fen {
        let mut sum = 0;
        let mut day = due;
        while day < as_of {
            sum += moves.iter().filter(|(on, _)| *on <= day).map(|(_, fen)| fen.get()).sum::<i64>().max(0);
            day = day.plus_days(1);
        }
        Fen::new((sum * ppm + 500_000) / 1_000_000)
    }

    #[test]
    fn ages_begin_the_day_after_the_last_day_to_pay() {
        let due = Day::ymd(2021, 3, 1);
        let table = [
            (0, Age::NotDue),
            (1, Age::Days30),
            (30, Age::Days30),
            (31, Age::Days60),
            (60, Age::Days60),
            (61, Age::Days90),
            (90, Age::Days90),
            (91, Age::Over90),
            (-5, Age::NotDue),
        ];
        for (days, expected) in table {
            assert_eq!(age(Some(due), due.plus_days(days)), expected, "{days}");
        }
        assert_eq!(age(None, due), Age::NoClock);
    }

    #[test]
    fn what_was_overdue_first() {
        let due = Day::ymd(2021, 3, 11);
        let table = [
            (vec![(0, 50), (5, -50)], None),
            (vec![(0, 50), (5, -20), (11, -30)], Some((0, 30))),
            (vec![(0, 50), (10, -50), (12, 7), (13, 5)], Some((2, 7))),
            (vec![(0, 50), (10, -60), (12, 5), (30, 9)], None),
            // All of it was in dispute, and has days of its own.
            (vec![(0, 50), (3, -50), (17, 50)], Some((7, 50))),
            // What is to be paid by the day itself is not late on it.
            (vec![(20, 30)], None),
            (vec![(19, 30)], Some((9, 30))),
        ];
        for (all, expected) in table {
            let expected = expected.map(|(days, fen)| (due.plus_days(days), Fen::new(fen)));
            assert_eq!(first_overdue(&moves(&all), due, due.plus_days(10)), Ok(expected), "{all:?}");
        }
    }

    #[test]
    fn interest_is_rounded_once() {
        let due = Day::ymd(2021, 3, 11);
        let at = |days: i64| due.plus_days(days);
        // 100.00 yuan, three days late: 10000 x 3 x 0.0005.
        assert_eq!(interest(&moves(&[(0, 10_000)]), due, at(3), 500), Ok(Fen::new(15)));
        // Paid on the third day: three days all the same, and no more afterwards.
        let paid = moves(&[(0, 10_000), (13, -10_000)]);
        assert_eq!(interest(&paid, due, at(3), 500), Ok(Fen::new(15)));
        assert_eq!(interest(&paid, due, at(300), 500), Ok(Fen::new(15)));
        // Half a fen is rounded up, less is not; nothing runs before the last day to pay has passed.
        assert_eq!(interest(&moves(&[(0, 1000)]), due, at(1), 500), Ok(Fen::new(1)));
        assert_eq!(interest(&moves(&[(0, 999)]), due, at(1), 500), Ok(Fen::ZERO));
        assert_eq!(interest(&moves(&[(0, 999_999)]), due, due, 500), Ok(Fen::ZERO));
        // Parts, overpayment and refund.
        for all in [
            vec![(0, 70_001), (12, -30_000), (15, -50_000), (20, 9_000), (25, 1_001)],
            vec![(11, 333), (11, -33), (40, -300)],
            vec![(0, 5), (50, 7)],
        ] {
            for days in [0, 1, 2, 9, 30, 41] {
                let of = moves(&all);
                assert_eq!(interest(&of, due, at(days), 500), Ok(naive(&of, due, at(days), 500)), "{all:?} {days}");
            }
        }
    }
}
