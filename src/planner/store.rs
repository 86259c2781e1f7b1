//! SQL of reminders; decides nothing.

use super::schema::plan_reminders as reminders;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrgId, RuleId};
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::insert_into;
use diesel::prelude::*;

/// That a unit was looked at, and whether it was reminded.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = reminders, treat_none_as_default_value = false)]
pub struct ReminderRow {
    pub unit_id: OrgId,
    pub year: i64,
    pub point: String,
    pub as_of: Day,
    pub rule_id: RuleId,
    pub behind: bool,
    pub recipients: i64,
    pub at: At,
}

/// Whether a unit was looked at for a point of a year.
pub fn is_done(on: &mut Read, unit: OrgId, year: i64, point: &str) -> Outcome<bool> {
    let found: Option<String> =
        each!(on, c => reminders::table.find((unit, year, point)).select(reminders::point).first(c).optional())?;
    Ok(found.is_some())
}

/// Remembers that a unit was looked at; whether nobody had done so before.
pub fn keep(tx: &mut Tx<'_>, row: &ReminderRow) -> Outcome<bool> {
    Ok(each!(tx, c => insert_into(reminders::table).values(row).on_conflict_do_nothing().execute(c))? == 1)
}

/// The reminders of a unit's year, in the order of their points.
pub fn of_unit(on: &mut Read, unit: OrgId, year: i64) -> Outcome<Vec<ReminderRow>> {
    Ok(each!(on, c => reminders::table.filter(reminders::unit_id.eq(unit)).filter(reminders::year.eq(year))
        .order(reminders::as_of).select(ReminderRow::as_select()).load(c))?)
}
