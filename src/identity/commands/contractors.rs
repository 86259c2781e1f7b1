//! The canteen contractors that order for a unit in its place.

use super::super::rules;
use super::super::store::{self, TieRow};
use super::organisations::{known, note_between};
use super::people::manages;
use crate::kernel::actor::{Actor, OrgKind};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::OrgId;
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use serde_json::json;

/// Ties a canteen contractor to a unit for the days from `from` to `until`, both included.
///
/// # Errors
/// `wrong_state` when they are no contractor and unit, `validation_failed` when the days are no days, `already_exists` when they
/// are tied on one of the days.
pub fn tie_contractor(
    tx: &mut Tx<'_>,
    by: Option<&Actor>,
    contractor: OrgId,
    unit: OrgId,
    from: Day,
    until: Option<Day>,
) -> Outcome<()> {
    let held = store::claim_organisation(tx, unit)?.ok_or_else(|| AppError::new(Code::NotFound))?;
    let other = known(tx, contractor)?;
    if held.kind != OrgKind::BudgetUnit || other.kind != OrgKind::Contractor {
        return Err(AppError::new(Code::WrongState)
            .detail("须为食堂承包方与预算单位", "this takes a canteen contractor and a budget unit"));
    }
    let valid_to = rules::tie_end(from, until)?;
    if store::ties_meeting(tx, contractor, unit, from, valid_to)? {
        return Err(Code::AlreadyExists.into());
    }
    store::insert_tie(tx, &TieRow { contractor_id: contractor, unit_id: unit, valid_from: from, valid_to })?;
    let details = json!({ "contractor": contractor, "from": from, "until": until });
    note_between(tx, by, "contractor.tied", &held, contractor, details)
}

/// Refuses who is neither the unit nor a contractor that was ever tied to it, nor the operator.
pub(in super::super) fn contractor_or_unit(tx: &mut Tx<'_>, by: &Actor, unit: OrgId, contractor: OrgId) -> Outcome<()> {
    if by.org_id == contractor && store::ties_of(tx, unit)?.iter().any(|tie| tie.contractor_id == contractor) {
        return Ok(());
    }
    manages(by, unit)
}

/// Lets a contractor order for a unit no longer than a day from today on, and withdraws its days that begin then or later. What
/// was ordered under the tie stays. Answers the first and the last day of the earliest tie as it now is: the last is before the
/// first when it was withdrawn.
///
/// # Errors
/// `validation_failed` when the day has passed; `not_found` when they are tied neither on that day nor later.
pub fn end_contractor(
    tx: &mut Tx<'_>,
    by: Option<&Actor>,
    unit: OrgId,
    contractor: OrgId,
    until: Day,
) -> Outcome<(Day, Day)> {
    let held = store::claim_organisation(tx, unit)?.ok_or_else(|| AppError::new(Code::NotFound))?;
    let today = tx.at().day();
    rules::check_last_day(until, today)?;
    let ties = store::ties_since(tx, contractor, unit, until)?;
    let first = ties.first().ok_or_else(|| AppError::new(Code::NotFound))?.valid_from;
    for tie in &ties {
        if rules::is_withdrawn(tie.valid_from, until, today) {
            store::delete_tie(tx, tie)?;
        } else {
            store::end_tie(tx, tie, rules::day_after(Some(until)))?;
        }
    }
    note_between(tx, by, "contractor.ended", &held, contractor, json!({ "contractor": contractor, "until": until }))?;
    let last = if rules::is_withdrawn(first, until, today) { first.plus_days(-1) } else { until };
    Ok((first, last))
}
