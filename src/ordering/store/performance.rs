//! SQL of what a supplier's month of orders comes to, and of the prices of a month.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{ListingId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::time::{At, Day};
use crate::ordering::OrderState;
use crate::ordering::schema::money::ratings;
use crate::ordering::schema::{
    acceptance_lines, acceptances, order_lines, orders, shipment_lines, shipments, short_closure_lines, short_closures,
};
use crate::platform::db::Read;
use diesel::prelude::*;

/// Orders that a supplier left without an answer, or refused.
const UNWILLING: [OrderState; 2] = [OrderState::Declined, OrderState::Expired];
/// Orders whose prices count.
const STANDING: [OrderState; 3] = [OrderState::Placed, OrderState::Confirmed, OrderState::Closed];

/// At what a listing was ordered: which, the price of a unit and its weight in grams; each once.
pub fn sold_prices(on: &mut Read, from: At, until: At) -> Outcome<Vec<(ListingId, Fen, i64)>> {
    // Whatever was placed since a moment changed since: that column has an index.
    Ok(each!(on, c => order_lines::table.inner_join(orders::table).filter(orders::updated_at.ge(from))
        .filter(orders::placed_at.ge(from)).filter(orders::placed_at.lt(until)).filter(orders::state.eq_any(STANDING))
        .order((order_lines::listing_id, order_lines::unit_price_fen, order_lines::net_weight_grams)).distinct()
        .select((order_lines::listing_id, order_lines::unit_price_fen, order_lines::net_weight_grams)).load(c))?)
}

/// Suppliers that confirmed, declined or let expire an order in a time, in the order of their ids.
pub fn answering(on: &mut Read, from: At, until: At, after: Option<OrgId>, most: i64) -> Outcome<Vec<OrgId>> {
    let after = after.unwrap_or(OrgId([0; 16]));
    Ok(each!(on, c => {
        let confirmed = orders::confirmed_at.ge(from).and(orders::confirmed_at.lt(until));
        let refused = orders::state.eq_any(UNWILLING).and(orders::updated_at.lt(until)).nullable();
        orders::table.filter(orders::updated_at.ge(from)).filter(orders::supplier_id.gt(after)).filter(confirmed.or(refused))
            .order(orders::supplier_id).select(orders::supplier_id).distinct().limit(most).load(c)
    })?)
}

/// How many orders a supplier confirmed in a time, and how many it declined or let expire.
pub fn answers(on: &mut Read, org: OrgId, from: At, until: At) -> Outcome<(i64, i64)> {
    let confirmed = each!(on, c => orders::table.filter(orders::supplier_id.eq(org)).filter(orders::confirmed_at.ge(from))
        .filter(orders::confirmed_at.lt(until)).count().get_result(c))?;
    let refused = each!(on, c => orders::table.filter(orders::supplier_id.eq(org)).filter(orders::updated_at.ge(from))
        .filter(orders::updated_at.lt(until)).filter(orders::state.eq_any(UNWILLING)).count().get_result(c))?;
    Ok((confirmed, refused))
}

/// Ratings of a supplier's orders given in a time: price, quality, delivery.
pub fn stars(on: &mut Read, org: OrgId, from: At, until: At) -> Outcome<Vec<(i64, i64, i64)>> {
    Ok(each!(on, c => ratings::table.inner_join(orders::table.on(orders::id.eq(ratings::order_id)))
        .filter(orders::supplier_id.eq(org)).filter(ratings::recorded_at.ge(from)).filter(ratings::recorded_at.lt(until))
        .order(ratings::id).select((ratings::price, ratings::quality, ratings::delivery)).load(c))?)
}

/// What was accepted and rejected of a supplier's goods in a time.
pub fn accepted(on: &mut Read, org: OrgId, from: At, until: At) -> Outcome<Vec<(Quantity, Quantity)>> {
    Ok(each!(on, c => acceptance_lines::table.inner_join(acceptances::table)
        .inner_join(orders::table.on(orders::id.eq(acceptances::order_id))).filter(orders::supplier_id.eq(org))
        .filter(acceptances::recorded_at.ge(from)).filter(acceptances::recorded_at.lt(until))
        .order((acceptances::id, acceptance_lines::line_id))
        .select((acceptance_lines::accepted, acceptance_lines::rejected)).load(c))?)
}

/// What a supplier shipped in a time: how much, on which day, of which delivery of which terms.
pub fn shipped(on: &mut Read, org: OrgId, from: At, until: At) -> Outcome<Vec<(Quantity, Day, i64, String)>> {
    Ok(each!(on, c => shipment_lines::table.inner_join(shipments::table)
        .inner_join(order_lines::table.on(order_lines::id.eq(shipment_lines::line_id)))
        .inner_join(orders::table.on(orders::id.eq(shipments::order_id))).filter(orders::supplier_id.eq(org))
        .filter(shipments::recorded_at.ge(from)).filter(shipments::recorded_at.lt(until))
        .order((shipments::id, shipment_lines::line_id, shipment_lines::lot))
        .select((shipment_lines::quantity, shipments::occurred_on, order_lines::delivery_no, orders::terms)).load(c))?)
}

/// What was written off in a time as not coming from a supplier.
pub fn short_closed(on: &mut Read, org: OrgId, from: At, until: At) -> Outcome<Vec<Quantity>> {
    Ok(each!(on, c => short_closure_lines::table.inner_join(short_closures::table)
        .inner_join(orders::table.on(orders::id.eq(short_closures::order_id))).filter(orders::supplier_id.eq(org))
        .filter(short_closures::recorded_at.ge(from)).filter(short_closures::recorded_at.lt(until))
        .order((short_closures::id, short_closure_lines::line_id)).select(short_closure_lines::quantity).load(c))?)
}
