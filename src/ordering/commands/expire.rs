//! Orders that no supplier answered in time expire, and those that were not approved in time lapse; the job that does it is bound in `app.rs`.

use super::approve::tell;
use super::claimed::Claimed;
use super::confirm::release_all;
use super::recompute::{order_deadline, store_order};
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrderId;
use crate::notifications::Both;
use crate::ordering::rules::order::{Event, OrderState, next};
use crate::ordering::store::orders::{self as store, Side};
use crate::platform::clock::Ctx;
use crate::platform::db::{Store, Tx};
use serde_json::json;

/// How many orders one run of the job looks at.
const BATCH: i64 = 200;

/// Expires the orders whose time to confirm, or to approve, is over, each in its own transaction; how many.
///
/// # Errors
/// When the database fails.
pub async fn expire_unconfirmed(db: &Store, ctx: Ctx) -> Outcome<usize> {
    let now = ctx.at;
    let due = db.read(move |read| {
        let mut due = store::overdue(read, OrderState::Placed, now, BATCH)?;
        due.extend(store::overdue(read, OrderState::AwaitingApproval, now, BATCH)?);
        Ok(due)
    });
    let due = due.await?;
    let mut count = 0;
    for id in due {
        count += usize::from(db.write(ctx.clone(), move |tx| expire(tx, id)).await?);
    }
    Ok(count)
}

/// Expires one order, unless it was answered in between or its time is not over.
fn expire(tx: &mut Tx<'_>, id: OrderId) -> Outcome<bool> {
    let mut claimed = Claimed::claim(tx, Side::Program, id)?;
    if claimed.order.confirm_by > tx.at() || next(claimed.order.state, Event::Expire).is_err() {
        return Ok(false);
    }
    // A year may have been loaded a moment ago.
    if let Some(found) = order_deadline(tx, &claimed.order)?.filter(|(until, _)| *until > tx.at()) {
        store_order(tx, &claimed.order, &found)?;
        return Ok(false);
    }
    claimed.step(Event::Expire)?;
    release_all(tx, &mut claimed, true)?;
    if claimed.order.state == OrderState::Lapsed {
        claimed.record(tx, None, "order.lapsed", json!({}))?;
        let zh = format!("订单 {id} 未在期限内通过审批，已失效，占用的额度和库存已释放。");
        let en = format!("Order {id} was not approved in time and has lapsed; what it held was released.");
        let subject = Both { zh: "订单审批逾期", en: "An order has lapsed" };
        tell(tx, &claimed.order, subject, Both { zh: &zh, en: &en })?;
        return Ok(true);
    }
    claimed.record(tx, None, "order.expired", json!({}))?;
    Ok(true)
}
