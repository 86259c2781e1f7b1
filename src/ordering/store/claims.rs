//! SQL of what orders cost and what was paid for them, day by day.

use super::lists::Reach;
use super::orders::OrderRow;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrderId;
use crate::kernel::money::Fen;
use crate::kernel::time::{At, Day};
use crate::ordering::rules::order::OrderState;
use crate::ordering::rules::payment::PaymentState;
use crate::ordering::schema::money::{invoice_lines, payment_orders, payments, refunds};
use crate::ordering::schema::{acceptance_lines, acceptances, order_lines, orders, return_lines, returns};
use crate::platform::db::{Read, total};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// Ids named in one statement.
pub const CHUNK: usize = 500;

/// Which orders a list of claims takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// All of which goods were kept.
    Kept,
    /// Those of them that are not fully paid.
    Unpaid,
    /// Those of them for which the payment clock runs.
    Clocked,
}

const UNPAID: &str =
    "orders.accepted_fen - orders.returned_fen + orders.freight_fen > orders.paid_fen - orders.refunded_fen";
const CLOCKED: &str = "orders.terms LIKE '%\"name\":\"payment_days\"%'";

/// Orders within reach of which goods were kept, in the order of their placing.
pub fn orders(on: &mut Read, reach: &Reach, taken: Taken) -> Outcome<Vec<OrderRow>> {
    let delivered = [OrderState::Confirmed, OrderState::Closed];
    Ok(each!(on, c => {
        let mut query = orders::table.filter(orders::state.eq_any(delivered)).filter(orders::accepted_fen.gt(orders::returned_fen))
            .select(OrderRow::as_select()).into_boxed();
        match reach {
            Reach::Everything => {}
            Reach::UnitsIn((from, to)) => query = query.filter(orders::unit_region.ge(from)).filter(orders::unit_region.lt(to)),
            Reach::SuppliersIn((from, to)) => {
                query = query.filter(orders::supplier_region.ge(from)).filter(orders::supplier_region.lt(to));
            }
            Reach::Tree(root, units) => {
                query = query.filter(orders::unit_id.eq_any(units).or(orders::buyer_id.eq(root)).or(orders::payer_id.eq(root)));
            }
            Reach::BoughtBy(org) => {
                query = query.filter(orders::buyer_id.eq(org).or(orders::unit_id.eq(org)).or(orders::payer_id.eq(org)));
            }
            Reach::SoldBy(org) => query = query.filter(orders::supplier_id.eq(org)),
        }
        match taken {
            Taken::Kept => {}
            Taken::Unpaid => query = query.filter(sql::<Bool>(UNPAID)),
            Taken::Clocked => query = query.filter(sql::<Bool>(CLOCKED)),
        }
        query.order((orders::placed_at, orders::id)).load(c)
    })?)
}

/// An amount of an order on a day.
pub type Moved = (OrderId, Day, Fen);

/// What was accepted of orders, by the days of their papers.
pub fn accepted(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<Moved>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<Moved> = each!(on, c => acceptances::table.inner_join(acceptance_lines::table)
            .filter(acceptances::order_id.eq_any(part))
            .select((acceptances::order_id, acceptances::occurred_on, acceptance_lines::amount_fen)).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// What was returned of orders.
pub fn returned(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<Moved>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<Moved> = each!(on, c => returns::table.inner_join(return_lines::table)
            .filter(returns::order_id.eq_any(part))
            .select((returns::order_id, returns::occurred_on, return_lines::amount_fen)).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// What was returned of a line: the order, the line's number, when it was recorded, the day, the amount.
pub type ReturnedOfLine = (OrderId, i64, At, Day, Fen);

/// What was returned of each line of orders.
pub fn returned_by_line(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<ReturnedOfLine>> {
    Ok(each!(on, c => returns::table.inner_join(return_lines::table)
        .inner_join(order_lines::table.on(order_lines::id.eq(return_lines::line_id)))
        .filter(returns::order_id.eq_any(ids))
        .select((returns::order_id, order_lines::line_no, returns::recorded_at, returns::occurred_on, return_lines::amount_fen)).load(c))?)
}

/// What was paid for orders by payments that count, by value date.
pub fn paid(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<Moved>> {
    parts(on, ids, &[PaymentState::Confirmed, PaymentState::Deemed])
}

/// What is reported as paid for orders and not answered, by value date.
pub fn reported(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<Moved>> {
    parts(on, ids, &[PaymentState::Reported])
}

fn parts(on: &mut Read, ids: &[OrderId], states: &[PaymentState]) -> Outcome<Vec<Moved>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<Moved> = each!(on, c => payment_orders::table.inner_join(payments::table)
            .filter(payment_orders::order_id.eq_any(part)).filter(payments::state.eq_any(states))
            .select((payment_orders::order_id, payments::occurred_on, payment_orders::amount_fen)).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// What was sent back for orders, by value date.
pub fn refunded(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<Moved>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<Moved> = each!(on, c => refunds::table.filter(refunds::order_id.eq_any(part))
            .select((refunds::order_id, refunds::occurred_on, refunds::amount_fen)).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// What was invoiced of orders, red letters deducted.
pub fn invoiced(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<(OrderId, Fen)>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<(OrderId, i64)> = each!(on, c => invoice_lines::table.filter(invoice_lines::order_id.eq_any(part))
            .group_by(invoice_lines::order_id).select((invoice_lines::order_id, total("gross_fen"))).load(c))?;
        found.extend(some.into_iter().map(|(order, fen)| (order, Fen::new(fen))));
    }
    Ok(found)
}
