//! SQL of the exceptions from the separation of duties.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{DutyExceptionId, OrgId, RuleId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::ordering::schema::duties::duty_exceptions as exceptions;
use crate::ordering::store::payments::Reach;
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// An exception as it was granted, and whether it was ended early.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = exceptions, treat_none_as_default_value = false)]
pub struct ExceptionRow {
    pub id: DutyExceptionId,
    pub unit_id: OrgId,
    pub region_code: RegionCode,
    pub granted_by: UserId,
    pub granted_by_org: OrgId,
    pub granted_at: At,
    pub valid_from: Day,
    pub valid_until: Day,
    pub reason: String,
    pub rule_id: RuleId,
    pub revoked_from: Option<Day>,
    pub revoked_by: Option<UserId>,
}

/// Records an exception.
pub fn insert(tx: &mut Tx<'_>, row: &ExceptionRow) -> Outcome<()> {
    each!(tx, c => insert_into(exceptions::table).values(row).execute(c))?;
    Ok(())
}

/// An exception.
pub fn find(on: &mut Read, id: DutyExceptionId) -> Outcome<Option<ExceptionRow>> {
    Ok(each!(on, c => exceptions::table.find(id).select(ExceptionRow::as_select()).first(c).optional())?)
}

/// Ends an exception from a day on; whether it had not been ended before.
pub fn end(tx: &mut Tx<'_>, id: DutyExceptionId, from: Day, by: UserId) -> Outcome<bool> {
    let ended = each!(tx, c => update(exceptions::table.find(id).filter(exceptions::revoked_from.is_null()))
        .set((exceptions::revoked_from.eq(Some(from)), exceptions::revoked_by.eq(Some(by)))).execute(c))?;
    Ok(ended == 1)
}

/// The exception of a unit that was granted for a day and not ended by then; of several the one that lasts longest.
pub fn of_unit(on: &mut Read, unit: OrgId, day: Day) -> Outcome<Option<ExceptionRow>> {
    Ok(each!(on, c => exceptions::table.filter(exceptions::unit_id.eq(unit))
        .filter(exceptions::valid_from.le(day)).filter(exceptions::valid_until.ge(day))
        .filter(exceptions::revoked_from.is_null().or(exceptions::revoked_from.gt(day)))
        .order((exceptions::valid_until.desc(), exceptions::id.desc())).select(ExceptionRow::as_select()).first(c).optional())?)
}

/// Exceptions within reach, the latest first.
pub fn list(on: &mut Read, reach: &Reach, after: Option<DutyExceptionId>, most: i64) -> Outcome<Vec<ExceptionRow>> {
    Ok(each!(on, c => {
        let mut query = exceptions::table.select(ExceptionRow::as_select()).into_boxed();
        match reach {
            Reach::Everything => {}
            Reach::UnitsIn((from, to)) => {
                query = query.filter(exceptions::region_code.ge(from)).filter(exceptions::region_code.lt(to));
            }
            Reach::Tree(_, units) => query = query.filter(exceptions::unit_id.eq_any(units)),
            Reach::Party(org) => query = query.filter(exceptions::unit_id.eq(org)),
        }
        if let Some(after) = after {
            query = query.filter(exceptions::id.lt(after));
        }
        query.order(exceptions::id.desc()).limit(most).load(c)
    })?)
}
