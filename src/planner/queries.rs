//! A unit's year as its planner shows it.

use super::rules::{Pace, YearSoFar, pace};
use super::store;
use crate::identity;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{OrgId, RuleId};
use crate::kernel::money::{Fen, Ppm, rate_hundredths, show_rate};
use crate::kernel::time::Day;
use crate::ordering::{self, OutstandingCause, OutstandingOrder};
use crate::platform::db::Read;
use crate::quota;
use crate::reporting::{self, ProgressBy, ProgressRow, ProgressWanted};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Orders that are named one by one; beyond them the list says that there are more.
const MOST: i64 = 1_000;

/// What a planner is asked for.
#[derive(Debug, Clone, Copy)]
pub struct PlannerWanted {
    /// The plans' year.
    pub year: i64,
    /// As known at the end of this day.
    pub as_of: Day,
    /// What if this share of the canteen's food were reserved.
    pub ratio: Option<Ppm>,
    /// What if everything had to be completed by this day of the year.
    pub until: Option<Day>,
}

/// A unit's year.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlannerView {
    /// The unit.
    pub unit_id: OrgId,
    /// The plans' year.
    pub year: i64,
    /// As known at the end of this day.
    pub as_of: Day,
    /// Whether a plan is in force; without one nothing is reserved yet.
    pub plan_approved: bool,
    /// Ordered.
    pub ordered_fen: Fen,
    /// Accepted and paid.
    pub accepted_paid_fen: Fen,
    /// Completed.
    pub completed_fen: Fen,
    /// By the plan in force and the year's last day.
    pub outlook: Outlook,
    /// By the ratio or the last day that was asked for.
    pub what_if: Option<Outlook>,
    /// Orders that are not completed, the oldest first: what they wait for decides whether they count this year.
    pub outstanding: Vec<OutstandingOrder>,
    /// Their sums by cause.
    pub outstanding_sums: Vec<OutstandingSum>,
    /// Whether there are more of them than are named.
    pub more_outstanding: bool,
    /// When the unit was looked at, and whether it was reminded.
    pub reminders: Vec<ReminderView>,
}

/// What a year comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Outlook {
    /// Reserved.
    pub reserved_fen: Fen,
    /// The last day.
    pub until: Day,
    /// Completed ÷ reserved in per cent.
    #[schema(example = "23.43")]
    pub rate: String,
    /// Reserved and not completed.
    pub left_fen: Fen,
    /// Days from tomorrow to the last one.
    pub days_left: i64,
    /// Months that have a day left.
    pub months_left: i64,
    /// What each of those months has to complete.
    pub needed_a_month_fen: Fen,
    /// 序时: what an even pace would have completed by now.
    pub expected_fen: Fen,
    /// Whether less is completed than that.
    pub behind: bool,
    /// What would be completed by the last day at the pace so far.
    pub forecast_fen: Option<Fen>,
    /// That ÷ reserved in per cent.
    #[schema(example = "96.00")]
    pub forecast_rate: String,
}

/// What waits for one cause.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OutstandingSum {
    /// What the orders wait for.
    pub cause: OutstandingCause,
    /// How many.
    pub orders: usize,
    /// Their amounts.
    pub amount_fen: Fen,
}

/// That a unit was looked at for a point of the year.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReminderView {
    /// The point, as the rule table calls it.
    pub point: String,
    /// The day.
    pub as_of: Day,
    /// Whether it was behind.
    pub behind: bool,
    /// How many of its managers were written to.
    pub recipients: i64,
    /// The rule row.
    pub rule_id: RuleId,
}

/// The planner of a unit's year.
///
/// # Errors
/// `not_found` outside the scope; `invalid_parameter` for a last day in another year.
pub fn planner(read: &mut Read, actor: &Actor, unit: OrgId, wanted: &PlannerWanted) -> Outcome<PlannerView> {
    identity::organisation_in(read, &actor.scope, unit, wanted.as_of)?;
    if wanted.until.is_some_and(|day| day.year() != wanted.year) {
        let message = Message::new("须在该年度内", "must lie in the year");
        return Err(AppError::field(Code::InvalidParameter, "until", message));
    }
    let row = progress_of(read, actor, unit, wanted.year, wanted.as_of)?;
    let last = Day::last_of_year(wanted.year);
    let outlook = outlook(&row, row.reserved_fen, wanted, last)?;
    let what_if = match (wanted.ratio, wanted.until) {
        (None, None) => None,
        (ratio, until) => {
            let reserved = reserved_at(read, unit, wanted.year, &row, ratio)?;
            Some(self::outlook(&row, reserved, wanted, until.unwrap_or(last))?)
        }
    };
    let mut outstanding = ordering::outstanding(read, unit, MOST + 1)?;
    let more_outstanding = i64::try_from(outstanding.len()).unwrap_or(i64::MAX) > MOST;
    outstanding.truncate(usize::try_from(MOST).unwrap_or(usize::MAX));
    let reminders = store::of_unit(read, unit, wanted.year)?.into_iter().map(|row| ReminderView {
        point: row.point,
        as_of: row.as_of,
        behind: row.behind,
        recipients: row.recipients,
        rule_id: row.rule_id,
    });
    Ok(PlannerView {
        unit_id: unit,
        year: wanted.year,
        as_of: wanted.as_of,
        plan_approved: row.plan_approved == Some(true),
        ordered_fen: row.ordered_fen,
        accepted_paid_fen: row.accepted_paid_fen,
        completed_fen: row.completed_fen,
        outlook,
        what_if,
        outstanding_sums: sums(&outstanding)?,
        outstanding,
        more_outstanding,
        reminders: reminders.collect(),
    })
}

/// The unit's own row of the bulletin.
pub(super) fn progress_of(read: &mut Read, actor: &Actor, unit: OrgId, year: i64, as_of: Day) -> Outcome<ProgressRow> {
    let wanted = ProgressWanted { year, as_of, by: ProgressBy::Unit, region: None, unit: Some(unit) };
    let view = reporting::progress(read, actor, &wanted)?;
    let key = unit.to_string();
    view.rows.into_iter().find(|row| row.key.as_deref() == Some(key.as_str())).ok_or_else(|| Code::NotFound.into())
}

/// What would be reserved at another ratio of the canteen's food; the union part stays.
fn reserved_at(read: &mut Read, unit: OrgId, year: i64, row: &ProgressRow, ratio: Option<Ppm>) -> Outcome<Fen> {
    let Some(ratio) = ratio else { return Ok(row.reserved_fen) };
    let total = quota::plan_of(read, unit, year)?.and_then(|plan| plan.canteen_total).unwrap_or_default();
    Ok(total.share_half_up(ratio)?.plus(row.reserved_union_fen)?)
}

fn outlook(row: &ProgressRow, reserved: Fen, wanted: &PlannerWanted, until: Day) -> Outcome<Outlook> {
    let so_far = YearSoFar { year: wanted.year, as_of: wanted.as_of, until, reserved, completed: row.completed_fen };
    let Pace { left, days_left, months_left, needed_a_month, expected, forecast } = pace(&so_far)?;
    Ok(Outlook {
        reserved_fen: reserved,
        until,
        rate: show_rate(rate_hundredths(row.completed_fen, reserved)),
        left_fen: left,
        days_left,
        months_left,
        needed_a_month_fen: needed_a_month,
        expected_fen: expected,
        behind: row.completed_fen < expected,
        forecast_fen: forecast,
        forecast_rate: show_rate(forecast.and_then(|forecast| rate_hundredths(forecast, reserved))),
    })
}

fn sums(orders: &[OutstandingOrder]) -> Outcome<Vec<OutstandingSum>> {
    let mut by_cause: BTreeMap<OutstandingCause, (usize, Fen)> = BTreeMap::new();
    for order in orders {
        let sum = by_cause.entry(order.cause).or_default();
        *sum = (sum.0 + 1, sum.1.plus(order.amount_fen)?);
    }
    let sum = |(cause, (orders, amount_fen))| OutstandingSum { cause, orders, amount_fen };
    Ok(by_cause.into_iter().map(sum).collect())
}
