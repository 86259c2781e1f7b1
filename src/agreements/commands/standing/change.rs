//! Days are left out and taken in again; a standing order is paused, resumed and ended.

use super::{Days, claim_alive, record, refresh, skipped};
use crate::agreements::rules::recurrence::{MOST_MOVED, Occurrence};
use crate::agreements::rules::standing::{Due, SkipCause, StandingOrderState, due, ending_fault, not_now};
use crate::agreements::store::standing::{self as store, SkipRow, StandingRow};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::StandingOrderId;
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use serde_json::json;

/// The open day that is meant: by its own name, or by the day on which its goods come.
fn meant(days: &Days, date: Day) -> Option<Occurrence> {
    let by_name = days.open.iter().find(|one| one.day == date);
    by_name.or_else(|| days.open.iter().find(|one| one.delivery_on == date)).copied()
}

fn no_such_day(zh: &str, en: &str) -> AppError {
    AppError::field(Code::ValidationFailed, "/date", Message::new(zh, en))
}

/// Leaves a day out that is not ordered yet.
///
/// # Errors
/// `not_found`; `wrong_state` when it has ended, or the day was ordered or missed; `already_exists` when it is left out;
/// `validation_failed` for a day on which nothing comes.
pub fn skip(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: StandingOrderId,
    date: Day,
    reason: Option<&str>,
) -> Outcome<StandingRow> {
    let mut row = claim_alive(tx, actor, id)?;
    let days = Days::load(tx, &row, row.ends_on)?;
    let Some(one) = meant(&days, date) else {
        let settled = store::settled_from(tx, id, date.plus_days(-MOST_MOVED))?;
        if settled.iter().any(|(day, delivery_on, _)| *day == date || *delivery_on == date) {
            let error = AppError::new(Code::WrongState);
            return Err(error.detail(
                "这一天已处理；已下的订单请另行取消",
                "The day is settled; an order that was placed is cancelled by itself",
            ));
        }
        return Err(no_such_day("这一天没有送货", "nothing comes on this day"));
    };
    let left_out = SkipRow {
        standing_id: id,
        day: one.day,
        reason: reason.map(|text| text.trim().to_owned()),
        made_by: actor.user_id,
        made_at: tx.at(),
    };
    if !store::skip(tx, &left_out)? {
        return Err(AppError::new(Code::AlreadyExists).detail("这一天已设为跳过", "The day is left out already"));
    }
    refresh(tx, &mut row)?;
    let details = json!({ "date": one.day, "delivery_on": one.delivery_on, "reason": reason });
    record(tx, Some(actor), &row, "standing_order.skip_asked", details)?;
    Ok(row)
}

/// Takes a day in again that was left out and is not settled.
///
/// # Errors
/// `not_found`; `wrong_state` when it has ended or the day is settled; `validation_failed` for a day that is not left out.
pub fn unskip(tx: &mut Tx<'_>, actor: &Actor, id: StandingOrderId, date: Day) -> Outcome<StandingRow> {
    let mut row = claim_alive(tx, actor, id)?;
    let days = Days::load(tx, &row, row.ends_on)?;
    let day = meant(&days, date).map_or(date, |one| one.day);
    if store::settled_from(tx, id, day)?.iter().any(|(settled, ..)| *settled == day) {
        return Err(AppError::new(Code::WrongState).detail("这一天已处理", "The day is settled"));
    }
    if !store::unskip(tx, id, day)? {
        return Err(no_such_day("这一天未设为跳过", "is not left out"));
    }
    refresh(tx, &mut row)?;
    record(tx, Some(actor), &row, "standing_order.skip_undone", json!({ "date": day }))?;
    Ok(row)
}

/// Places nothing until it is resumed.
///
/// # Errors
/// `not_found`; `wrong_state` when it is paused or has ended.
pub fn pause(tx: &mut Tx<'_>, actor: &Actor, id: StandingOrderId, reason: Option<&str>) -> Outcome<StandingRow> {
    let mut row = claim_alive(tx, actor, id)?;
    if row.state == StandingOrderState::Paused {
        return Err(not_now(row.state));
    }
    (row.state, row.paused_on) = (StandingOrderState::Paused, Some(tx.at().day()));
    refresh(tx, &mut row)?;
    record(tx, Some(actor), &row, "standing_order.paused", json!({ "reason": reason }))?;
    Ok(row)
}

/// Places what comes from today on. What should have been ordered on earlier days of the pause is skipped.
///
/// # Errors
/// `not_found`; `wrong_state` when it is not paused or has ended.
pub fn resume(tx: &mut Tx<'_>, actor: &Actor, id: StandingOrderId, reason: Option<&str>) -> Outcome<StandingRow> {
    let mut row = claim_alive(tx, actor, id)?;
    if row.state != StandingOrderState::Paused {
        return Err(not_now(row.state));
    }
    let today = tx.at().day();
    let days = Days::load(tx, &row, row.ends_on)?;
    for one in &days.open {
        if due(one, days.around(&row, one), today) == Due::Skip(SkipCause::Paused) {
            skipped(tx, &row, one, SkipCause::Paused)?;
        }
    }
    (row.state, row.paused_on) = (StandingOrderState::Active, None);
    refresh(tx, &mut row)?;
    record(tx, Some(actor), &row, "standing_order.resumed", json!({ "reason": reason }))?;
    Ok(row)
}

/// Ends it with a day, or at once; orders that were placed go on.
///
/// # Errors
/// `not_found`; `wrong_state` when it has ended; `validation_failed` for a day that is past or beyond its last one.
pub fn end(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: StandingOrderId,
    ends_on: Option<Day>,
    reason: &str,
) -> Outcome<StandingRow> {
    let mut row = claim_alive(tx, actor, id)?;
    let today = tx.at().day();
    match ends_on {
        Some(day) => {
            if let Some(fault) = ending_fault(day, row.ends_on, today) {
                return Err(fault);
            }
            row.ends_on = day;
            row.end_reason = Some(reason.trim().to_owned());
        }
        None => end_at_once(&mut row, today, reason),
    }
    refresh(tx, &mut row)?;
    let details = json!({ "ends_on": row.ends_on, "reason": reason });
    record(tx, Some(actor), &row, "standing_order.ended", details)?;
    Ok(row)
}

/// Nothing more comes of any day.
pub(super) fn end_at_once(row: &mut StandingRow, today: Day, reason: &str) {
    row.ends_on = today.plus_days(-1);
    row.open_from = row.open_from.max(today);
    row.end_reason = Some(reason.trim().to_owned());
}
