//! SQL of reminders of the yearly re-check.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::RuleId;
use crate::kernel::time::Day;
use crate::linkage::schema::{household_reminder_days as days, household_reminders as reminders};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;
use diesel::upsert::excluded;

/// Takes a day's reminders, beginning them when nobody has: the certificate after which they go on, and whether all are done.
pub fn claim_reminders(tx: &mut Tx<'_>, day: Day) -> Outcome<(String, bool)> {
    Ok(each!(tx, c => {
        insert_into(days::table).values((days::day.eq(day), days::after.eq(""), days::done.eq(false)))
            .on_conflict_do_nothing().execute(c)?;
        update(days::table.find(day)).set(days::done.eq(days::done)).returning((days::after, days::done)).get_result(c)
    })?)
}

/// Whether a day's reminders are done, asked without a lock.
pub fn reminders_done(on: &mut Read, day: Day) -> Outcome<bool> {
    let done: Option<bool> = each!(on, c => days::table.find(day).select(days::done).first(c).optional())?;
    Ok(done.unwrap_or(false))
}

/// How far a day's reminders have come.
pub fn keep_reminders(tx: &mut Tx<'_>, day: Day, after: &str, done: bool) -> Outcome<()> {
    each!(tx, c => update(days::table.find(day)).set((days::after.eq(after), days::done.eq(done))).execute(c))?;
    Ok(())
}

/// When suppliers were last reminded of certificates' lists of a year.
pub fn reminded(on: &mut Read, numbers: &[String], year: i64) -> Outcome<Vec<(String, Day)>> {
    Ok(
        each!(on, c => reminders::table.filter(reminders::certificate_number.eq_any(numbers)).filter(reminders::year.eq(year))
        .select((reminders::certificate_number, reminders::reminded_on)).load(c))?,
    )
}

pub fn keep_reminder(tx: &mut Tx<'_>, number: &str, year: i64, on: Day, rule: RuleId) -> Outcome<()> {
    each!(tx, c => insert_into(reminders::table).values((
            reminders::certificate_number.eq(number), reminders::year.eq(year), reminders::reminded_on.eq(on), reminders::rule_id.eq(rule),
        )).on_conflict((reminders::certificate_number, reminders::year)).do_update()
        .set((reminders::reminded_on.eq(excluded(reminders::reminded_on)), reminders::rule_id.eq(excluded(reminders::rule_id)))).execute(c))?;
    Ok(())
}
