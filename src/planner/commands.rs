//! Units are reminded of their year at the points that the rule table names.

use super::queries::progress_of;
use super::rules::{POINTS, YearSoFar, pace, point_on};
use super::store::{self, ReminderRow};
use crate::identity;
use crate::kernel::actor::{Actor, Role, Scope};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{OrgId, RuleId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::notifications::{self, Both};
use crate::platform::clock::Ctx;
use crate::platform::db::{Read, Store, Tx};
use crate::quota;
use crate::rulebook::{self, RuleName};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Units looked for at once.
const BATCH: i64 = 200;

/// A point of the year and the row that names it.
type Point = (&'static str, Day, RuleId);

/// Looks at every unit whose plan of the year is in force, once for each point of the year, and writes to the managers of those
/// behind the even pace; how many were looked at. Of points that have passed only the last is made up for.
///
/// # Errors
/// When the database fails.
pub async fn remind(db: &Store, ctx: Ctx) -> Outcome<usize> {
    let today = ctx.at.day();
    let (mut count, mut last) = (0, None);
    let mut points: BTreeMap<RegionCode, Option<Point>> = BTreeMap::new();
    loop {
        let units = db.read(move |read| quota::planned_units(read, today.year(), last, BATCH)).await?;
        let Some((end, _)) = units.last() else { return Ok(count) };
        last = Some(*end);
        for (unit, region) in units {
            let point = match points.entry(region) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(unknown) => *unknown.insert(db.read(move |read| point_of(read, region, today)).await?),
            };
            let Some(point) = point else { continue };
            let year = today.year();
            if !db.read(move |read| store::is_done(read, unit, year, point.0)).await? {
                count += usize::from(db.write(ctx.clone(), move |tx| look_at(tx, unit, point)).await?);
            }
        }
    }
}

/// The last point of the year that has come, by the rules of a region.
fn point_of(read: &mut Read, region: RegionCode, today: Day) -> Outcome<Option<Point>> {
    let rules = rulebook::load(read, &region, today, &[RuleName::PlanReminder])?;
    let mut days = Vec::with_capacity(POINTS.len());
    let mut rows = BTreeMap::new();
    for point in POINTS {
        let row = rules.row_for(RuleName::PlanReminder, Some(point), None)?;
        days.push((point, row.day_in(today.year())?));
        rows.insert(point, row.id);
    }
    Ok(point_on(&days, today).and_then(|(point, day)| Some((point, day, *rows.get(point)?))))
}

/// Looks at a unit's year as it stands today; whether nobody had done so before.
fn look_at(tx: &mut Tx<'_>, unit: OrgId, (point, _, rule_id): Point) -> Outcome<bool> {
    let (today, at) = (tx.at().day(), tx.at());
    let organisation = identity::organisation(tx, unit)?;
    let program = Actor { scope: Scope::Org(unit), ..Actor::console(organisation.region_code) };
    let (year, last) = (today.year(), Day::last_of_year(today.year()));
    let row = progress_of(tx, &program, unit, year, today)?;
    let so_far =
        YearSoFar { year, as_of: today, until: last, reserved: row.reserved_fen, completed: row.completed_fen };
    let pace = pace(&so_far)?;
    let behind = row.completed_fen < pace.expected;
    let managers = if behind { identity::recipients(tx, unit, Role::Manager)? } else { Vec::new() };
    let reminder = ReminderRow {
        unit_id: unit,
        year,
        point: point.to_owned(),
        as_of: today,
        rule_id,
        behind,
        recipients: i64::try_from(managers.len()).map_err(AppError::internal)?,
        at,
    };
    if !store::keep(tx, &reminder)? {
        return Ok(false);
    }
    let (name, reserved, completed) = (&organisation.name, row.reserved_fen, row.completed_fen);
    let (expected, needed, months) = (pace.expected, pace.needed_a_month, pace.months_left);
    let zh = format!(
        "{name}：截至 {today}，{year} 年预留份额 {reserved} 元，已完成 {completed} 元，序时应完成 {expected} 元。年内还有 {months} 个月，每月须完成 {needed} 元。已验收未付款、已付款未评价的订单见进度计划。"
    );
    let en = format!(
        "{name}: as of {today}, {completed} of {reserved} yuan reserved for {year} is completed; an even pace would have {expected}. {needed} a month is needed for the {months} months left. Orders that wait for payment or rating are in the planner."
    );
    for (_, address) in managers {
        let subject = Both { zh: "预留份额采购进度提醒", en: "The pace of your reserved share" };
        notifications::mail(tx, &address, subject, Both { zh: &zh, en: &en })?;
    }
    Ok(true)
}
