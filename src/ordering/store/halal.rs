//! SQL of certificates by which goods were 清真 when they were ordered.

use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderId, OrderLineId, ProductId};
use crate::ordering::rules::order::OrderState;
use crate::ordering::schema::halal::order_halal_lines as halal;
use crate::ordering::schema::{order_lines, orders};
use crate::ordering::store::orders::OrderRow;
use crate::platform::db::{Read, Tx};
use crate::{each, later_rows};
use diesel::prelude::*;

/// A line with the certificate.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = halal)]
pub struct HalalLineRow {
    pub line_id: OrderLineId,
    pub order_id: OrderId,
    pub product_id: ProductId,
    pub number: String,
}

/// Stores the certificates of lines.
pub fn insert(tx: &mut Tx<'_>, rows: Vec<HalalLineRow>) -> Outcome<()> {
    if rows.is_empty() {
        return Ok(());
    }
    Ok(later_rows!(tx, halal::table, rows)?)
}

/// The lines of an order that have one.
pub fn of_order(on: &mut Read, order: OrderId) -> Outcome<Vec<HalalLineRow>> {
    Ok(each!(on, c => halal::table.filter(halal::order_id.eq(order)).select(HalalLineRow::as_select()).load(c))?)
}

/// Orders with goods of a product that were placed under this certificate and are still to come, in the order of their ids.
pub fn to_come(
    on: &mut Read,
    (product, number): (ProductId, &str),
    after: Option<OrderId>,
    most: i64,
) -> Outcome<Vec<OrderRow>> {
    let after = after.unwrap_or(OrderId([0; 16]));
    let named = halal::table.filter(halal::product_id.eq(product)).filter(halal::number.eq(number));
    let open = order_lines::table
        .filter(order_lines::id.eq_any(named.select(halal::line_id)))
        .filter(order_lines::closed.eq(false))
        .select(order_lines::order_id);
    Ok(each!(on, c => orders::table.filter(orders::id.eq_any(open)).filter(orders::state.eq_any(OrderState::STANDING))
        .filter(orders::id.gt(after)).order(orders::id).limit(most).select(OrderRow::as_select()).load(c))?)
}
