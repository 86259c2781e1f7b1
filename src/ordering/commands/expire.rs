//! Orders that no supplier answered in time expire; the job that does it is bound in `app.rs`.

use super::claimed::Claimed;
use super::confirm::release_all;
use super::recompute::{order_deadline, store_order};
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrderId;
use crate::ordering::rules::order::{Event, next};
use crate::ordering::store::orders::{self as store, Side};
use crate::platform::clock::Ctx;
use crate::platform::db::{Store, Tx};
use serde_json::json;

/// How many orders one run of the job looks at.
const BATCH: i64 = 200;

/// Expires the orders whose time to confirm is over, each in its own transaction; how many.
///
/// # Errors
/// When the database fails.
pub async fn expire_unconfirmed(db: &Store, ctx: Ctx) -> Outcome<usize> {
    let now = ctx.at;
    let due = db.read(move |read| store::overdue(read, now, BATCH)).await?;
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
    claimed.record(tx, None, "order.expired", json!({}))?;
    Ok(true)
}
