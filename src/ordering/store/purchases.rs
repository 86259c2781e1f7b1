//! SQL of purchases as the auditor's sense looks at them.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderId, OrgId, ProductId, UserId};
use crate::kernel::time::{At, Day};
use crate::ordering::OrderState;
use crate::ordering::schema::money::{payment_orders, payments};
use crate::ordering::schema::{acceptances, order_lines, orders, shipment_lines, shipments};
use crate::ordering::store::orders::{LineRow, OrderRow};
use crate::platform::db::Read;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

/// Ids named in one statement.
const CHUNK: usize = 500;
/// Orders that stand.
const STANDING: [OrderState; 4] = OrderState::STANDING;

/// Orders that stand and changed since a moment, in the order of their changes.
pub fn changed(on: &mut Read, from: At, after: Option<(At, OrderId)>, most: i64) -> Outcome<Vec<OrderRow>> {
    Ok(each!(on, c => {
        let mut query = orders::table.filter(orders::updated_at.ge(from)).filter(orders::state.eq_any(STANDING))
            .select(OrderRow::as_select()).into_boxed();
        if let Some((at, id)) = after {
            query = query.filter(orders::updated_at.ge(at))
                .filter(orders::updated_at.gt(at).or(orders::updated_at.eq(at).and(orders::id.gt(id))));
        }
        query.order((orders::updated_at, orders::id)).limit(most).load(c)
    })?)
}

/// Orders that stand and were placed for a unit since a day, in the order of their placing.
pub fn of_unit(on: &mut Read, unit: OrgId, from: Day) -> Outcome<Vec<OrderRow>> {
    // Whatever was placed since a moment changed since: that column has an index.
    Ok(each!(on, c => orders::table.filter(orders::unit_id.eq(unit)).filter(orders::updated_at.ge(from.start()))
        .filter(orders::placed_day.ge(from)).filter(orders::state.eq_any(STANDING))
        .order((orders::placed_at, orders::id)).select(OrderRow::as_select()).load(c))?)
}

/// These orders, in the order of their placing.
pub fn of_ids(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<OrderRow>> {
    Ok(each!(on, c => orders::table.filter(orders::id.eq_any(ids)).order((orders::placed_at, orders::id))
        .select(OrderRow::as_select()).load(c))?)
}

/// The lines of these orders, in their order.
pub fn lines_of(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<LineRow>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<LineRow> = each!(on, c => order_lines::table.filter(order_lines::order_id.eq_any(part))
            .order((order_lines::order_id, order_lines::line_no)).select(LineRow::as_select()).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// An acceptance of an order: who accepted, who else, and when it was recorded.
pub type Accepted = (OrderId, UserId, Option<UserId>, At);

/// Who accepted the goods of these orders.
pub fn acceptors(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<Accepted>> {
    Ok(each!(on, c => acceptances::table.filter(acceptances::order_id.eq_any(ids)).order(acceptances::id)
        .select((acceptances::order_id, acceptances::accepted_by, acceptances::second_by, acceptances::recorded_at)).load(c))?)
}

/// Who reported payments of these orders, and when.
pub fn payers(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<(OrderId, UserId, At)>> {
    Ok(each!(on, c => payment_orders::table.inner_join(payments::table).filter(payment_orders::order_id.eq_any(ids))
        .order(payments::id).select((payment_orders::order_id, payments::reported_by, payments::reported_at)).load(c))?)
}

/// The grams that were shipped of each of these products from a day to another, both included.
pub fn shipped_grams(on: &mut Read, ids: &[ProductId], from: Day, until: Day) -> Outcome<Vec<(ProductId, i64)>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<(ProductId, i64)> = each!(on, c => order_lines::table
            .inner_join(shipment_lines::table.on(shipment_lines::line_id.eq(order_lines::id)))
            .inner_join(shipments::table.on(shipments::id.eq(shipment_lines::shipment_id)))
            .filter(order_lines::product_id.eq_any(part)).filter(shipments::occurred_on.ge(from)).filter(shipments::occurred_on.le(until))
            .group_by(order_lines::product_id).order(order_lines::product_id)
            .select((order_lines::product_id, sql::<BigInt>("CAST(SUM(shipment_lines.weight_grams) AS BIGINT)"))).load(c))?;
        found.extend(some);
    }
    Ok(found)
}
