//! Goods were ordered as 清真 and are so no more: whoever waits for them is told. The order stands; the buyer decides.

use crate::audit;
use crate::catalogue::{HALAL_ENDED, HalalEnded, Offer};
use crate::identity;
use crate::kernel::actor::Role;
use crate::kernel::error::{AppError, Outcome};
use crate::ordering::store::halal as store;
use crate::ordering::store::orders::{LineRow, OrderRow};
use crate::platform::clock::Ctx;
use crate::platform::db::{Store, Tx};
use crate::platform::jobs::{self, Job};
use serde_json::json;

/// Orders whose buyers are told in one transaction.
const BATCH: i64 = 100;

/// Tells the buyers of goods that are still to come that the certificate by which they were 清真 was ended: some of them, and the
/// next run goes on behind them.
///
/// # Errors
/// When the database fails.
pub async fn announce_halal_end(db: &Store, ctx: &Ctx, job: &Job) -> Outcome<()> {
    let ended: HalalEnded = serde_json::from_str(&job.payload).map_err(AppError::internal)?;
    let tell_all = move |tx: &mut Tx<'_>| {
        let orders = store::to_come(tx, (ended.product_id, &ended.number), ended.after, BATCH)?;
        orders.iter().try_for_each(|order| tell(tx, order, &ended))?;
        match orders.last() {
            Some(last) => jobs::enqueue(tx, HALAL_ENDED, &HalalEnded { after: Some(last.id), ..ended.clone() }),
            None => Ok(()),
        }
    };
    db.write(ctx.clone(), tell_all).await
}

/// Tells the buyer at the confirmation what was 清真 when it was ordered and is so no more, whether its certificate was ended, at that
/// very moment too, or its days are over.
pub(super) fn tell_of_gone(tx: &mut Tx<'_>, order: &OrderRow, lines: &[LineRow], offers: &[Offer]) -> Outcome<()> {
    for held in store::of_order(tx, order.id)? {
        let listing = lines.iter().find(|line| line.id == held.line_id).map(|line| line.listing_id);
        if offers.iter().any(|offer| Some(offer.listing_id) == listing && offer.halal.is_none()) {
            let reason = "供应商确认时已不在有效期内或已被撤销".to_owned();
            tell(tx, order, &HalalEnded { product_id: held.product_id, number: held.number, reason, after: None })?;
        }
    }
    Ok(())
}

fn tell(tx: &mut Tx<'_>, order: &OrderRow, ended: &HalalEnded) -> Outcome<()> {
    let entry = audit::Entry {
        actor: None,
        action: "order.halal_ended",
        subject: order.id.to_string(),
        owner_org: order.buyer_id,
        other_org: order.told(),
        region: order.unit_region,
        details: json!({ "product": ended.product_id, "number": ended.number, "reason": ended.reason }),
    };
    audit::record_for(tx, &[entry], &order.concerned())?;
    let zh = format!(
        "订单 {} 中商品下单时的清真证书 {} 已失效（{}）。订单仍然有效；未发货的可与供应商协商，到货时请核对后再验收。",
        order.id, ended.number, ended.reason
    );
    let en = format!(
        "The halal certificate {} under which goods of order {} were ordered counts no more ({}). The order stands; talk to the supplier about goods not yet shipped, and look before you accept.",
        ended.number, order.id, ended.reason
    );
    identity::tell(tx, order.buyer_id, Role::Trader, ("清真证书失效", "A halal certificate counts no more"), (&zh, &en))
}
