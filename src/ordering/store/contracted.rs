//! SQL of what orders agreed and of their facts, as open data shows them, many orders at once.

use super::claims::CHUNK;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{AcceptanceId, OrderId, PaymentId, PriceChangeId, RefundId, ReturnId, ShortClosureId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::time::{At, Day};
use crate::ordering::rules::price_change::PriceChangeState;
use crate::ordering::schema::money::{payment_orders, payments, refunds};
use crate::ordering::schema::price_changes::{order_price_change_lines as price_lines, order_price_changes as changes};
use crate::ordering::schema::{
    acceptance_lines, acceptances, order_lines, return_lines, returns, short_closure_lines, short_closures,
};
use crate::platform::db::Read;
use diesel::prelude::*;

/// What was accepted of a line: order, acceptance, the day of its note, line number, quantity, fen.
pub type Accepted = (OrderId, AcceptanceId, Day, i64, Quantity, Fen);
/// What went back of a line: order, return, day, line number, fen.
pub type Returned = (OrderId, ReturnId, Day, i64, Fen);
/// What was written off of a line: order, closure, line number, quantity.
pub type WrittenOff = (OrderId, ShortClosureId, i64, Quantity);
/// Another price of a line: order, change, when it held, line number, the price before it, the price.
pub type Repriced = (OrderId, PriceChangeId, Option<At>, i64, Option<Fen>, Option<Fen>);
/// A transfer's part for an order, and its day.
pub type Paid = (OrderId, PaymentId, Day, Fen);
/// Money sent back, and its day.
pub type Refunded = (OrderId, RefundId, Day, Fen);

/// What was accepted of orders, line by line.
pub fn accepted(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<Accepted>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<Accepted> = each!(on, c => acceptances::table.inner_join(acceptance_lines::table)
            .inner_join(order_lines::table.on(order_lines::id.eq(acceptance_lines::line_id)))
            .filter(acceptances::order_id.eq_any(part)).order((acceptances::order_id, acceptances::id, order_lines::line_no))
            .select((acceptances::order_id, acceptances::id, acceptances::occurred_on, order_lines::line_no,
                acceptance_lines::accepted, acceptance_lines::amount_fen)).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// What went back of orders, line by line.
pub fn returned(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<Returned>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<Returned> = each!(on, c => returns::table.inner_join(return_lines::table)
            .inner_join(order_lines::table.on(order_lines::id.eq(return_lines::line_id)))
            .filter(returns::order_id.eq_any(part)).order((returns::order_id, returns::id, order_lines::line_no))
            .select((returns::order_id, returns::id, returns::occurred_on, order_lines::line_no, return_lines::amount_fen))
            .load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// What was written off of orders, line by line.
pub fn written_off(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<WrittenOff>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<WrittenOff> = each!(on, c => short_closures::table.inner_join(short_closure_lines::table)
            .inner_join(order_lines::table.on(order_lines::id.eq(short_closure_lines::line_id)))
            .filter(short_closures::order_id.eq_any(part))
            .order((short_closures::order_id, short_closures::id, order_lines::line_no))
            .select((short_closures::order_id, short_closures::id, order_lines::line_no, short_closure_lines::quantity))
            .load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// Other prices that both sides agreed to, in the order in which they held.
pub fn repriced(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<Repriced>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<Repriced> = each!(on, c => changes::table.inner_join(price_lines::table)
            .filter(changes::order_id.eq_any(part)).filter(changes::state.eq(PriceChangeState::Agreed))
            .filter(price_lines::unit_price_fen.is_not_null())
            .order((changes::order_id, changes::ended_at, changes::id, price_lines::line_no))
            .select((changes::order_id, changes::id, changes::ended_at, price_lines::line_no, price_lines::before_fen,
                price_lines::unit_price_fen)).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// Transfers for orders that counted at some time, with the part of each.
pub fn paid(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<Paid>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<Paid> = each!(on, c => payment_orders::table.inner_join(payments::table)
            .filter(payment_orders::order_id.eq_any(part)).filter(payments::effective_at.is_not_null())
            .select((payment_orders::order_id, payments::id, payments::occurred_on, payment_orders::amount_fen)).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// Money that was sent back for orders.
pub fn refunded(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<Refunded>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<Refunded> = each!(on, c => refunds::table.filter(refunds::order_id.eq_any(part))
            .select((refunds::order_id, refunds::id, refunds::occurred_on, refunds::amount_fen)).load(c))?;
        found.extend(some);
    }
    Ok(found)
}
