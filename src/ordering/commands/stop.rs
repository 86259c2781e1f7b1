//! When goods may not be sold any more, because nothing entitles them or because their supplier's admission ended, orders for
//! them that no supplier has answered are stopped, and the buyer is told.

use super::annul::post_annulment;
use super::claimed::Claimed;
use super::confirm::release_all;
use crate::admission;
use crate::catalogue::{self, Offer};
use crate::certification;
use crate::identity;
use crate::kernel::actor::Role;
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{ListingId, OrderId, OrgId, ProductId};
use crate::notifications::{self, Both};
use crate::ordering::rules::order::{Event, next};
use crate::ordering::store::orders::{self as store, Side};
use crate::platform::clock::Ctx;
use crate::platform::db::{Store, Tx};
use serde_json::json;

/// What ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// What entitled the goods.
    Certificate,
    /// The admission of who sells them, or of who makes them.
    Admission,
}

impl Ended {
    /// Whether goods may still be sold, as far as this ending goes.
    fn spares(self, offer: &Offer) -> bool {
        match self {
            Ended::Certificate => offer.entitled(),
            Ended::Admission => offer.supplier_may_sell,
        }
    }
    const fn code(self) -> Code {
        match self {
            Ended::Certificate => Code::CertificateNotCurrent,
            Ended::Admission => Code::SupplierNotAdmitted,
        }
    }
    /// As a mail says it.
    const fn told(self) -> (&'static str, &'static str) {
        match self {
            Ended::Certificate => ("有商品的认定证书已失效", "holds goods whose certificate no longer counts"),
            Ended::Admission => (
                "有商品的供应商或其生产商已终止入驻",
                "holds goods whose supplier, or whose producer, is admitted no more",
            ),
        }
    }
}

/// Stops the unanswered orders of a product whose listings may not be sold any more, each in its own transaction; how many.
///
/// # Errors
/// When the database fails.
pub async fn stop_unanswered(db: &Store, ctx: &Ctx, product: ProductId) -> Outcome<usize> {
    let waiting = db.read(move |read| store::unanswered(read, product)).await?;
    stop_all(db, ctx, waiting, Ended::Certificate).await
}

/// Stops what a supplier has not answered, and what nobody has answered with goods that it makes, once its admission ended;
/// how many.
///
/// # Errors
/// When the database fails.
pub async fn stop_supplier(db: &Store, ctx: &Ctx, supplier: OrgId) -> Outcome<usize> {
    let waiting = db.read(move |read| {
        let made = catalogue::products_made(read, supplier)?;
        store::unanswered_of(read, supplier, &made)
    });
    stop_all(db, ctx, waiting.await?, Ended::Admission).await
}

async fn stop_all(db: &Store, ctx: &Ctx, waiting: Vec<(OrderId, ListingId)>, ended: Ended) -> Outcome<usize> {
    let mut count = 0;
    for (order, listing) in waiting {
        count += usize::from(db.write(ctx.clone(), move |tx| stop(tx, order, listing, ended)).await?);
    }
    Ok(count)
}

/// How far back [`stop_slipped`] looks: longer than any transaction lasts.
const LOOK_BACK_MS: i64 = 3_600_000;

/// Stops the unanswered orders of every product whose certificate stopped to count within the last hour, and of every supplier
/// whose admission ended; how many. An order placed at the very moment of such an end may not have been there yet when
/// [`stop_unanswered`] or [`stop_supplier`] looked; nor when an annulment was posted.
///
/// # Errors
/// When the database fails.
pub async fn stop_slipped(db: &Store, ctx: &Ctx) -> Outcome<usize> {
    let since = ctx.at.plus_ms(-LOOK_BACK_MS);
    let ended = db.read(move |read| {
        let annulled = certification::annulled_since(read, since)?;
        Ok((certification::ended_since(read, since)?, admission::ended_since(read, since)?, annulled))
    });
    let (products, suppliers, annulled) = ended.await?;
    let mut count = 0;
    for product in products {
        count += stop_unanswered(db, ctx, product).await?;
    }
    for supplier in suppliers {
        count += stop_supplier(db, ctx, supplier).await?;
    }
    for certificate in annulled {
        post_annulment(db, ctx, certificate).await?;
    }
    Ok(count)
}

/// Stops one order, unless it was answered in between or the goods may be sold all the same.
fn stop(tx: &mut Tx<'_>, id: OrderId, listing: ListingId, ended: Ended) -> Outcome<bool> {
    let mut claimed = Claimed::claim(tx, Side::Program, id)?;
    let day = tx.at().day();
    let offers = catalogue::offers(tx, &[listing], day)?;
    if offers.iter().any(|offer| ended.spares(offer)) || next(claimed.order.state, Event::Cancel).is_err() {
        return Ok(false);
    }
    claimed.step(Event::Cancel)?;
    release_all(tx, &mut claimed, false)?;
    claimed.record(tx, None, "order.stopped", json!({ "reason": ended.code().as_str(), "listing": listing }))?;
    let (why_zh, why_en) = ended.told();
    for (_, address) in identity::recipients(tx, claimed.order.buyer_id, Role::Trader)? {
        let zh = format!("订单 {id} 中{why_zh}，供应商尚未确认，订单已停止，占用的额度已释放。");
        let en = format!(
            "Order {id} {why_en}. The supplier had not answered, so the order was stopped and what it held was released."
        );
        let subject = Both { zh: "订单已停止", en: "An order was stopped" };
        notifications::mail(tx, &address, subject, Both { zh: &zh, en: &en })?;
    }
    Ok(true)
}
