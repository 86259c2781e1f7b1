//! Ratings: the buyer's opinion of price, quality and delivery, once per order.

use super::settle::settle;
use crate::audit;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::OrderId;
use crate::ordering::OrderState;
use crate::ordering::store::orders::{self, Side};
use crate::ordering::store::payments::{self as store, RatingRow};
use crate::platform::db::Tx;
use serde_json::json;

/// A rating, 1 to 5 each.
#[derive(Debug, Clone)]
pub struct NewRating {
    /// Fair price.
    pub price: i64,
    /// Good goods.
    pub quality: i64,
    /// On time.
    pub delivery: i64,
    /// In words.
    pub comment: String,
}

/// Rates a confirmed order.
///
/// # Errors
/// `not_found`, `wrong_state`, `already_exists`.
pub fn rate(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, new: &NewRating) -> Outcome<RatingRow> {
    let order = orders::claim(tx, Side::Buyer(actor.org_id), id)?;
    if !matches!(order.state, OrderState::Confirmed | OrderState::Closed) {
        return Err(AppError::new(Code::WrongState).with("state", order.state.as_str()));
    }
    let row = RatingRow {
        id: tx.new_id(),
        order_id: id,
        price: new.price,
        quality: new.quality,
        delivery: new.delivery,
        comment: new.comment.clone(),
        recorded_at: tx.at(),
        recorded_by: actor.user_id,
    };
    if !store::insert_rating(tx, &row)? {
        return Err(AppError::new(Code::AlreadyExists).detail("该订单已评价", "The order is rated already"));
    }
    settle(tx, id)?;
    let entry = audit::Entry {
        actor: Some(actor),
        action: "order.rated",
        subject: id.to_string(),
        owner_org: order.buyer_id,
        other_org: Some(order.supplier_id),
        region: order.unit_region,
        details: json!({ "price": row.price, "quality": row.quality, "delivery": row.delivery }),
    };
    audit::record(tx, &entry)?;
    Ok(row)
}
