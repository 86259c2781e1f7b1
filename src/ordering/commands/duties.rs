//! The supervising unit lets who accepts report the payment as well, in a small unit and for a time.

use crate::audit;
use crate::identity;
use crate::kernel::actor::Actor;
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{DutyExceptionId, OrgId};
use crate::kernel::time::Day;
use crate::ordering::rules::duties as rules;
use crate::ordering::store::duties::{self as store, ExceptionRow};
use crate::platform::db::{Read, Tx};
use crate::rulebook::{self, RuleName};
use serde_json::json;

/// An exception as the supervising unit grants it.
#[derive(Debug, Clone)]
pub struct NewException {
    /// The small unit.
    pub unit: OrgId,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub until: Day,
    /// Why.
    pub reason: String,
}

/// Grants an exception to a unit that stands below the actor's.
///
/// # Errors
/// `not_found` for any other unit, `validation_failed` when it is not small enough or the days do not fit.
pub fn grant(tx: &mut Tx<'_>, actor: &Actor, new: &NewException) -> Outcome<ExceptionRow> {
    supervises(tx, actor, new.unit)?;
    let (unit, today) = (identity::organisation(tx, new.unit)?, tx.at().day());
    let small = rulebook::load(tx, &unit.region_code, today, &[RuleName::SmallUnitStaff])?;
    rules::grant(unit.staff_count, small.int(RuleName::SmallUnitStaff)?, (new.from, new.until), today)?;
    let row = ExceptionRow {
        id: tx.new_id(),
        unit_id: unit.id,
        region_code: unit.region_code,
        granted_by: actor.user_id,
        granted_by_org: actor.org_id,
        granted_at: tx.at(),
        valid_from: new.from,
        valid_until: new.until,
        reason: new.reason.trim().to_owned(),
        rule_id: small.row(RuleName::SmallUnitStaff)?.id,
        revoked_from: None,
        revoked_by: None,
    };
    store::insert(tx, &row)?;
    let details = json!({ "from": row.valid_from, "until": row.valid_until, "reason": row.reason });
    record(tx, actor, &row, "duty_exception.granted", details)?;
    Ok(row)
}

/// Ends an exception from today on.
///
/// # Errors
/// `not_found`, `wrong_state` when it was ended before.
pub fn end(tx: &mut Tx<'_>, actor: &Actor, id: DutyExceptionId) -> Outcome<ExceptionRow> {
    let row = store::find(tx, id)?.ok_or(Code::NotFound)?;
    supervises(tx, actor, row.unit_id)?;
    let today = tx.at().day();
    if !store::end(tx, id, today, actor.user_id)? {
        return Err(Code::WrongState.into());
    }
    let row = ExceptionRow { revoked_from: Some(today), revoked_by: Some(actor.user_id), ..row };
    record(tx, actor, &row, "duty_exception.ended", json!({ "from": today }))?;
    Ok(row)
}

/// The exception that a unit has today, while it is still small.
///
/// # Errors
/// When the database fails.
pub fn exception(on: &mut Read, unit: OrgId, today: Day) -> Outcome<Option<DutyExceptionId>> {
    let Some(row) = store::of_unit(on, unit, today)? else { return Ok(None) };
    let staff = identity::organisation(on, unit)?.staff_count;
    let small = rulebook::load(on, &row.region_code, today, &[RuleName::SmallUnitStaff])?;
    Ok(rules::is_small(staff, small.int(RuleName::SmallUnitStaff)?).then_some(row.id))
}

/// A unit never makes an exception for itself.
fn supervises(tx: &mut Tx<'_>, actor: &Actor, unit: OrgId) -> Outcome<()> {
    let today = tx.at().day();
    if identity::ancestors(tx, unit, today)?.contains(&actor.org_id) { Ok(()) } else { Err(Code::NotFound.into()) }
}

fn record(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &ExceptionRow,
    action: &'static str,
    details: serde_json::Value,
) -> Outcome<()> {
    let entry = audit::Entry {
        actor: Some(actor),
        action,
        subject: row.id.to_string(),
        owner_org: row.unit_id,
        other_org: Some(row.granted_by_org),
        region: row.region_code,
        details,
    };
    audit::record(tx, &entry)
}
