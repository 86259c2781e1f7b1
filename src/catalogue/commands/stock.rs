//! Changes of stock otherwise than by orders; the ledger keeps the amounts and refuses to fall below what is held.

use super::super::rules::{self, StockDirection};
use super::super::store::{self, StockChangeRow};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{AccountId, ListingId, StockChangeId};
use crate::kernel::quantity::Quantity;
use crate::ledger::{self, Supply};
use crate::platform::db::Tx;
use serde_json::json;

/// Goods that came in or went out.
#[derive(Debug, Clone)]
pub struct StockChange {
    /// Which way.
    pub direction: StockDirection,
    /// How many units; more than nothing.
    pub quantity: Quantity,
    /// Why.
    pub reason: String,
}

/// Raises or lowers a listing's stock, never below what orders hold or took.
///
/// # Errors
/// `not_found`, `quantity_not_whole`, `stock_below_held`.
pub fn change_stock(tx: &mut Tx<'_>, actor: &Actor, id: ListingId, change: &StockChange) -> Outcome<StockChangeId> {
    let listing = super::listings::own_listing(tx, actor, id)?;
    rules::positive(change.quantity)?;
    super::whole(listing.weighed, change.quantity, "/quantity")?;
    let row = StockChangeRow {
        id: tx.new_id(),
        listing_id: id,
        direction: change.direction,
        quantity: change.quantity,
        reason: change.reason.trim().to_owned(),
        changed_by: actor.user_id,
        changed_at: tx.at(),
    };
    store::insert_stock_change(tx, &row)?;
    let (delta, code) = match change.direction {
        StockDirection::In => (change.quantity.milli(), "stock_in"),
        StockDirection::Out => (-change.quantity.milli(), "stock_out"),
    };
    let transfer = ledger::transfer_id(&["stock change", &row.id.to_string()]);
    let account = listing.stock_account_id;
    if let Err(error) = ledger::supply(tx, &Supply { id: transfer, account, delta, code }) {
        return Err(if error.code() == Code::StockBelowHeld { below_held(tx, account)? } else { error });
    }
    let details = json!({ "direction": row.direction, "quantity": row.quantity, "reason": row.reason });
    super::record(tx, Some(actor), "listing.stock_changed", &listing, details)?;
    Ok(row.id)
}

/// More would go out than orders leave free.
fn below_held(tx: &mut Tx<'_>, account: AccountId) -> Outcome<AppError> {
    let free = Quantity::from_milli(ledger::balance(tx, account)?.left().unwrap_or_default());
    let (zh, en) = (format!("未被订单占用的库存为 {free}"), format!("{free} are not held by orders"));
    Ok(AppError::field(Code::StockBelowHeld, "/quantity", Message::new(zh.clone(), en.clone())).detail(zh, en))
}
