//! The yearly re-check: which certificates want a list, until when, and when their suppliers are reminded.

use super::HouseholdCheckResult;
use crate::kernel::time::Day;

crate::text_enum! {
    /// Where the yearly re-check of a certificate stands.
    RecheckState {
        /// No list is due in the year: the certificate begins after the day, its application has just shown the linkage.
        NotDue "not_due"
        /// The list is still to come.
        Waiting "waiting"
        /// The list did not come in time.
        Late "late"
        /// The list came and waits for the office.
        Filed "filed"
        /// The office confirmed the list.
        Confirmed "confirmed"
    }
}

/// Where a re-check stands: the list that stands for the year, if there is one, with what it was checked to.
#[must_use]
pub fn recheck(list: Option<Option<HouseholdCheckResult>>, valid_from: Day, due: Day, today: Day) -> RecheckState {
    match list {
        Some(Some(HouseholdCheckResult::Confirmed)) => RecheckState::Confirmed,
        Some(_) => RecheckState::Filed,
        None if valid_from > due => RecheckState::NotDue,
        None if today > due => RecheckState::Late,
        None => RecheckState::Waiting,
    }
}

/// Whether a supplier is reminded today: from so many days before the day on, and again after so many days.
#[must_use]
pub fn remind_now(state: RecheckState, due: Day, today: Day, (before, every): (i64, i64), last: Option<Day>) -> bool {
    matches!(state, RecheckState::Waiting | RecheckState::Late)
        && today >= due.plus_days(-before)
        && last.is_none_or(|last| today >= last.plus_days(every.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_list_is_due_for_what_was_certified_by_the_day() {
        use HouseholdCheckResult::{Confirmed, Rejected};
        use RecheckState as S;
        let due = day("2021-06-30");
        for (list, from, today, state) in [
            (None, "2021-01-01", "2021-06-30", S::Waiting),
            (None, "2021-01-01", "2021-07-01", S::Late),
            (None, "2021-06-30", "2021-07-01", S::Late),
            (None, "2021-07-01", "2021-12-31", S::NotDue),
            (Some(None), "2021-07-01", "2021-12-31", S::Filed),
            (Some(Some(Confirmed)), "2021-01-01", "2021-07-01", S::Confirmed),
            (Some(Some(Rejected)), "2021-01-01", "2021-07-01", S::Filed),
        ] {
            assert_eq!(recheck(list, day(from), due, day(today)), state, "{list:?} {from} {today}");
        }
    }

    #[test]
    fn reminders_begin_before_the_day_and_come_again() {
        use RecheckState::{Filed, Late, Waiting};
        let due = day("2021-06-30");
        for (state, today, last, now) in [
            (Waiting, "2021-05-30", None, false),
            (Waiting, "2021-05-31", None, true),
            (Waiting, "2021-06-14", Some("2021-05-31"), false),
            (Waiting, "2021-06-15", Some("2021-05-31"), true),
            (Late, "2021-12-31", Some("2021-06-15"), true),
            (Filed, "2021-06-29", None, false),
        ] {
            assert_eq!(remind_now(state, due, day(today), (30, 15), last.map(day)), now, "{today} {last:?}");
        }
    }
}
