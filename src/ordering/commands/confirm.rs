//! The supplier answers: confirm or decline.

use super::claimed::Claimed;
use crate::kernel::actor::Actor;
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrderId;
use crate::ordering::rules::line::Line;
use crate::ordering::rules::order::{Event, in_time};
use crate::ordering::store::orders::{OrderRow, Side};
use crate::platform::db::Tx;
use serde_json::json;

/// Confirms an order within its time.
///
/// # Errors
/// `not_found`, `wrong_state`; `expired` at the deadline and after it.
pub fn confirm(tx: &mut Tx<'_>, actor: &Actor, id: OrderId) -> Outcome<OrderRow> {
    let mut claimed = Claimed::claim(tx, Side::Supplier(actor.org_id), id)?;
    claimed.step(Event::Confirm)?;
    in_time(tx.at(), claimed.order.confirm_by)?;
    claimed.order.confirmed_at = Some(tx.at());
    claimed.order.confirmed_by = Some(actor.user_id);
    let day = tx.at().day();
    claimed.write(tx, &id.to_string(), day, false)?;
    claimed.record(tx, Some(actor), "order.confirmed", json!({}))?;
    Ok(claimed.order)
}

/// Declines an order; everything it held is released.
///
/// # Errors
/// `not_found`, `wrong_state`.
pub fn decline(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, reason: &str) -> Outcome<OrderRow> {
    let mut claimed = Claimed::claim(tx, Side::Supplier(actor.org_id), id)?;
    claimed.step(Event::Decline)?;
    release_all(tx, &mut claimed, false)?;
    claimed.record(tx, Some(actor), "order.declined", json!({ "reason": reason }))?;
    Ok(claimed.order)
}

/// Releases what an order holds before anything was shipped.
pub(super) fn release_all(tx: &mut Tx<'_>, claimed: &mut Claimed, expired: bool) -> Outcome<()> {
    for index in 0..claimed.lines.len() {
        if !claimed.lines[index].closed {
            claimed.change(index, Line::release)?;
        }
    }
    claimed.order.closed_at = Some(tx.at());
    let (fact, day) = (format!("{}.ended", claimed.order.id), tx.at().day());
    claimed.write(tx, &fact, day, expired)
}
