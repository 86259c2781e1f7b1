//! SQL of reminders: a deadline that was not looked at yet, or a day to remind that has come.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{ComplaintId, FindingId};
use crate::kernel::time::Day;
use crate::platform::db::{Read, Tx};
use crate::supervision::rules::{ComplaintState, FindingState};
use crate::supervision::schema::{complaints, findings};
use crate::supervision::store::{ComplaintRow, FindingRow};
use diesel::dsl::update;
use diesel::prelude::*;

/// The next reminder, and the deadline that it was computed from.
pub type Reminder = (Option<Day>, Option<Day>);

/// Findings that wait for their owners with a new deadline, or to be reminded of by a day.
pub fn findings_to_remind(on: &mut Read, today: Day, limit: i64) -> Outcome<Vec<(FindingRow, Reminder)>> {
    let waiting = [FindingState::Open, FindingState::Returned];
    Ok(each!(on, c => findings::table.filter(findings::state.eq_any(waiting))
        .filter(findings::remind_due.is_null().or(findings::remind_due.ne(findings::due_on.nullable()))
            .or(findings::remind_on.le(today)))
        .order(findings::id).select((FindingRow::as_select(), (findings::remind_on, findings::remind_due))).limit(limit).load(c))?)
}

pub fn set_finding_reminder(tx: &mut Tx<'_>, id: FindingId, on: Day, due: Day) -> Outcome<()> {
    each!(tx, c => update(findings::table.find(id))
        .set((findings::remind_on.eq(Some(on)), findings::remind_due.eq(Some(due)))).execute(c))?;
    Ok(())
}

/// Complaints whose deadline runs and is new, or to be reminded of by a day.
pub fn complaints_to_remind(on: &mut Read, today: Day, limit: i64) -> Outcome<Vec<(ComplaintRow, Reminder)>> {
    let running = [ComplaintState::Received, ComplaintState::Accepted, ComplaintState::Verified];
    Ok(
        each!(on, c => complaints::table.filter(complaints::state.eq_any(running)).filter(complaints::due_on.is_not_null())
        .filter(complaints::remind_due.is_null().or(complaints::remind_due.ne(complaints::due_on))
            .or(complaints::remind_on.le(today)))
        .order(complaints::id).select((ComplaintRow::as_select(), (complaints::remind_on, complaints::remind_due)))
        .limit(limit).load(c))?,
    )
}

pub fn set_complaint_reminder(tx: &mut Tx<'_>, id: ComplaintId, on: Day, due: Day) -> Outcome<()> {
    each!(tx, c => update(complaints::table.find(id))
        .set((complaints::remind_on.eq(Some(on)), complaints::remind_due.eq(Some(due)))).execute(c))?;
    Ok(())
}
