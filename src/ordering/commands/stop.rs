//! When nothing entitles a listing any more, orders for it that no supplier has answered are stopped, and the buyer is told.

use super::claimed::Claimed;
use super::confirm::release_all;
use crate::catalogue;
use crate::certification;
use crate::identity;
use crate::kernel::actor::Role;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{ListingId, OrderId, ProductId};
use crate::notifications::{self, Both};
use crate::ordering::rules::order::{Event, next};
use crate::ordering::store::orders::{self as store, Side};
use crate::platform::clock::Ctx;
use crate::platform::db::{Store, Tx};
use serde_json::json;

/// Stops the unanswered orders of a product whose listings may not be sold any more, each in its own transaction; how many.
///
/// # Errors
/// When the database fails.
pub async fn stop_unanswered(db: &Store, ctx: &Ctx, product: ProductId) -> Outcome<usize> {
    let waiting = db.read(move |read| store::unanswered(read, product)).await?;
    let mut count = 0;
    for (order, listing) in waiting {
        count += usize::from(db.write(ctx.clone(), move |tx| stop(tx, order, listing)).await?);
    }
    Ok(count)
}

/// How far back [`stop_slipped`] looks: longer than any transaction lasts.
const LOOK_BACK_MS: i64 = 3_600_000;

/// Stops the unanswered orders of every product whose certificate stopped to count within the last hour; how many. An order
/// placed at the very moment in which a certificate ends may not have been there yet when [`stop_unanswered`] looked.
///
/// # Errors
/// When the database fails.
pub async fn stop_slipped(db: &Store, ctx: &Ctx) -> Outcome<usize> {
    let since = ctx.at.plus_ms(-LOOK_BACK_MS);
    let products = db.read(move |read| certification::ended_since(read, since)).await?;
    let mut count = 0;
    for product in products {
        count += stop_unanswered(db, ctx, product).await?;
    }
    Ok(count)
}

/// Stops one order, unless it was answered in between or the listing is entitled by something else.
fn stop(tx: &mut Tx<'_>, id: OrderId, listing: ListingId) -> Outcome<bool> {
    let mut claimed = Claimed::claim(tx, Side::Program, id)?;
    let day = tx.at().day();
    let offers = catalogue::offers(tx, &[listing], day)?;
    let entitled = offers.iter().any(catalogue::Offer::entitled);
    if entitled || next(claimed.order.state, Event::Cancel).is_err() {
        return Ok(false);
    }
    claimed.step(Event::Cancel)?;
    release_all(tx, &mut claimed, false)?;
    claimed.record(tx, None, "order.stopped", json!({ "reason": "certificate_not_current", "listing": listing }))?;
    for (_, address) in identity::recipients(tx, claimed.order.buyer_id, Role::Trader)? {
        let zh = format!("订单 {id} 中有商品的认定证书已失效，供应商尚未确认，订单已停止，占用的额度已释放。");
        let en = format!(
            "Order {id} holds goods whose certificate no longer counts. The supplier had not answered, so the order was stopped and what it held was released."
        );
        let subject = Both { zh: "订单已停止", en: "An order was stopped" };
        notifications::mail(tx, &address, subject, Both { zh: &zh, en: &en })?;
    }
    Ok(true)
}
