//! Goods were ordered as 清真 and are so no more: whoever waits for them is told. The order stands; the buyer decides.

use crate::audit;
use crate::catalogue::HalalEnded;
use crate::identity;
use crate::kernel::actor::Role;
use crate::kernel::error::{AppError, Outcome};
use crate::ordering::store::halal as store;
use crate::ordering::store::orders::OrderRow;
use crate::platform::clock::Ctx;
use crate::platform::db::{Store, Tx};
use crate::platform::jobs::Job;
use serde_json::json;

/// Tells the buyers of goods that are still to come that the certificate by which they were 清真 was ended; all of them in one
/// transaction.
///
/// # Errors
/// When the database fails.
pub async fn announce_halal_end(db: &Store, ctx: &Ctx, job: &Job) -> Outcome<()> {
    let ended: HalalEnded = serde_json::from_str(&job.payload).map_err(AppError::internal)?;
    let tell_all = move |tx: &mut Tx<'_>| {
        let orders = store::to_come(tx, ended.product_id, &ended.number)?;
        orders.iter().try_for_each(|order| tell(tx, order, &ended))
    };
    db.write(ctx.clone(), tell_all).await
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
        "订单 {} 中商品下单时的清真证书 {} 已被撤销（{}）。订单仍然有效；未发货的可与供应商协商，到货时请核对后再验收。",
        order.id, ended.number, ended.reason
    );
    let en = format!(
        "The halal certificate {} under which goods of order {} were ordered is revoked ({}). The order stands; talk to the supplier about goods not yet shipped, and look before you accept.",
        ended.number, order.id, ended.reason
    );
    identity::tell(tx, order.buyer_id, Role::Trader, ("清真证书被撤销", "A halal certificate was revoked"), (&zh, &en))
}
