//! Deadlines that rest on a calendar year that was not loaded are computed again when it is, and never shortened: both
//! parties were told of the day they have. The job that does it is bound in `app.rs`.

use crate::audit;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{OrderId, PaymentId};
use crate::kernel::time::{At, Day};
use crate::ordering::rules::order::OrderState;
use crate::ordering::rules::payment::PaymentState;
use crate::ordering::store::orders::{self, OrderRow, Side};
use crate::ordering::store::payments::{self, PartRow, PaymentRow};
use crate::ordering::store::{approvals, lists};
use crate::ordering::terms::{self, FrozenRule, Terms};
use crate::platform::clock::Ctx;
use crate::platform::db::{Read, Store, Tx};
use crate::regions;
use crate::rulebook::{self, RuleName};
use serde_json::json;

/// Rows looked at between two pages.
const BATCH: i64 = 200;

/// Computes the provisional deadlines of unanswered orders and payments anew, each in its own transaction; how many changed.
///
/// # Errors
/// When the database fails.
pub async fn recompute_deadlines(db: &Store, ctx: &Ctx) -> Outcome<usize> {
    let (mut count, mut after) = (0, None);
    loop {
        let (last, stale) = db.read(move |read| stale_orders(read, after)).await?;
        for id in stale {
            count += usize::from(db.write(ctx.clone(), move |tx| move_order(tx, id)).await?);
        }
        after = last;
        if after.is_none() {
            break;
        }
    }
    let mut after = None;
    loop {
        let (last, stale) = db.read(move |read| stale_payments(read, after)).await?;
        for id in stale {
            count += usize::from(db.write(ctx.clone(), move |tx| move_payment(tx, id)).await?);
        }
        after = last;
        if after.is_none() {
            return Ok(count);
        }
    }
}

/// Where a page ends, and which of its rows have another deadline by now; without an end there was no row.
type Stale<K, Id> = (Option<K>, Vec<Id>);

fn stale_orders(read: &mut Read, after: Option<(At, OrderId)>) -> Outcome<Stale<(At, OrderId), OrderId>> {
    let rows = orders::provisional(read, after, BATCH)?;
    let mut stale = Vec::new();
    for row in &rows {
        if order_deadline(read, row)?.is_some() {
            stale.push(row.id);
        }
    }
    Ok((rows.last().map(|row| (row.confirm_by, row.id)), stale))
}

/// When the supplier must have answered, or the open step of approval be decided, and the terms that say so, where the calendar says something new of it.
pub(super) fn order_deadline(on: &mut Read, order: &OrderRow) -> Outcome<Option<(At, String)>> {
    let mut terms: Terms = terms::read(&order.terms)?;
    let (rule, region) = match order.state {
        OrderState::AwaitingApproval => (RuleName::ApprovalDays, order.unit_region),
        OrderState::Placed => (RuleName::ConfirmDays, order.supplier_region),
        _ => return Ok(None),
    };
    if !terms.confirm_by_provisional {
        return Ok(None);
    }
    let days = terms.rule(rule.as_str()).map(FrozenRule::int).transpose()?;
    let days = days.ok_or_else(|| AppError::internal(format!("{} froze no {rule}", order.id)))?;
    // What was approved, or is to be, has its time from the day on which its step was opened.
    let from = approvals::plan(on, order.id)?.map_or(order.placed_day, |plan| plan.opened_on);
    let found = regions::deadline_working_days(on, &region, from, days)?;
    let confirm_by = Day::new(found.day).end().max(order.confirm_by);
    if found.provisional && confirm_by == order.confirm_by {
        return Ok(None);
    }
    terms.confirm_by_provisional = found.provisional;
    Ok(Some((confirm_by, terms::write(&terms)?)))
}

fn move_order(tx: &mut Tx<'_>, id: OrderId) -> Outcome<bool> {
    let order = orders::claim(tx, Side::Program, id)?;
    let Some(found) = order_deadline(tx, &order)? else { return Ok(false) };
    store_order(tx, &order, &found)?;
    Ok(true)
}

/// Stores the new time to confirm of a claimed order, and tells the trail and both parties; also when only the doubt is gone.
pub(super) fn store_order(tx: &mut Tx<'_>, order: &OrderRow, (confirm_by, terms): &(At, String)) -> Outcome<()> {
    orders::move_deadline(tx, order.id, *confirm_by, terms)?;
    // It ends with its day: the last moment of it is the one before.
    let last = |end: At| end.plus_ms(-1).day();
    let entry = audit::Entry {
        actor: None,
        action: "order.deadline_moved",
        subject: order.id.to_string(),
        owner_org: order.buyer_id,
        other_org: order.told(),
        region: order.unit_region,
        details: json!({ "from": last(order.confirm_by), "to": last(*confirm_by) }),
    };
    audit::record(tx, &entry)
}

fn stale_payments(read: &mut Read, after: Option<PaymentId>) -> Outcome<Stale<PaymentId, PaymentId>> {
    let rows = payments::provisional(read, after, BATCH)?;
    let ids: Vec<PaymentId> = rows.iter().map(|row| row.id).collect();
    let parts = payments::parts_of(read, &ids)?;
    let mut stale = Vec::new();
    for row in &rows {
        let Some(part) = parts.iter().find(|part| part.payment_id == row.id) else { continue };
        let Some(order) = lists::order(read, part.order_id)? else { continue };
        if payment_deadline(read, row, &order)?.is_some() {
            stale.push(row.id);
        }
    }
    Ok((ids.last().copied(), stale))
}

/// The supplier's last day and whether it still rests on a year that is not loaded, where the calendar says something new.
pub(super) fn payment_deadline(on: &mut Read, row: &PaymentRow, order: &OrderRow) -> Outcome<Option<(Day, bool)>> {
    if row.state != PaymentState::Reported || !row.answer_by_provisional {
        return Ok(None);
    }
    let reported = row.reported_at.day();
    let rules = rulebook::load(on, &order.unit_region, reported, &[RuleName::DeemedPaymentDays])?;
    let days = rules.int(RuleName::DeemedPaymentDays)?;
    let found = regions::deadline_working_days(on, &order.supplier_region, reported, days)?;
    let answer_by = Day::new(found.day).max(row.answer_by);
    Ok((!found.provisional || answer_by != row.answer_by).then_some((answer_by, found.provisional)))
}

/// The orders of a payment are claimed before it, in the order of their ids.
fn move_payment(tx: &mut Tx<'_>, id: PaymentId) -> Outcome<bool> {
    let parts: Vec<PartRow> = payments::parts_of(tx, &[id])?;
    let order = super::pay::claim_parts(tx, Side::Program, &parts)?;
    let row = payments::claim(tx, id)?;
    let Some(found) = payment_deadline(tx, &row, &order)? else { return Ok(false) };
    store_payment(tx, &row, &order, found)?;
    Ok(true)
}

/// Stores the new day to answer of a claimed transfer, and tells the trail and both parties; also when only the doubt is gone.
pub(super) fn store_payment(
    tx: &mut Tx<'_>,
    row: &PaymentRow,
    order: &OrderRow,
    (answer_by, provisional): (Day, bool),
) -> Outcome<()> {
    payments::move_deadline(tx, row.id, answer_by, provisional)?;
    let entry = audit::Entry {
        actor: None,
        action: "payment.deadline_moved",
        subject: row.id.to_string(),
        owner_org: row.reporter_org,
        other_org: Some(row.supplier_id),
        region: order.unit_region,
        details: json!({ "from": row.answer_by, "to": answer_by }),
    };
    audit::record(tx, &entry)
}
