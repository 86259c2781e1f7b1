//! SQL of what statements of account (对账单) say of orders.

use super::claims::CHUNK;
use super::orders::{LineRow, OrderRow};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{AcceptanceId, InvoiceId, OrderId, OrgId, PaymentId, ReturnId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::time::{At, Day};
use crate::ordering::rules::order::OrderState;
use crate::ordering::rules::payment::PaymentState;
use crate::ordering::schema::disputes::{dispute_lines, disputes};
use crate::ordering::schema::money::{invoice_lines, invoices, payment_orders, payments};
use crate::ordering::schema::{acceptance_lines, acceptances, order_lines, orders, return_lines, returns};
use crate::platform::db::{Conn, Read, Tx};
use diesel::dsl::exists;
use diesel::prelude::*;

/// Orders of a supplier and a buyer of which goods were accepted on days of a period, and who pays them, in the order of their
/// ids.
pub fn accepted_in(
    on: &mut Read,
    (supplier, buyer): (OrgId, OrgId),
    payer: Option<OrgId>,
    (first, last): (Day, Day),
) -> Outcome<Vec<(OrderId, OrgId)>> {
    let delivered = [OrderState::Confirmed, OrderState::Closed];
    Ok(each!(on, c => {
        let within = acceptances::table.filter(acceptances::order_id.eq(orders::id))
            .filter(acceptances::occurred_on.ge(first)).filter(acceptances::occurred_on.le(last));
        let mut query = orders::table.filter(orders::supplier_id.eq(supplier)).filter(orders::buyer_id.eq(buyer))
            .filter(orders::state.eq_any(delivered)).filter(exists(within))
            .select((orders::id, orders::payer_id)).into_boxed();
        if let Some(payer) = payer {
            query = query.filter(orders::payer_id.eq(payer));
        }
        query.order(orders::id).load(c)
    })?)
}

/// Keeps what is recorded about orders as it is until the transaction ends: whoever records something about one claims it
/// first. SQLite has one writer, so nothing comes between there.
pub fn keep(tx: &mut Tx<'_>, ids: &[OrderId]) -> Outcome<()> {
    if let Conn::Pg(c) = tx.conn() {
        let kept = orders::table.filter(orders::id.eq_any(ids)).order(orders::id).select(orders::id).for_update();
        kept.load::<OrderId>(c)?;
    }
    Ok(())
}

/// Orders, in the order of their ids.
pub fn orders(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<OrderRow>> {
    let mut found: Vec<OrderRow> = Vec::with_capacity(ids.len());
    for part in ids.chunks(CHUNK) {
        let some: Vec<OrderRow> = each!(on, c => orders::table.filter(orders::id.eq_any(part))
            .select(OrderRow::as_select()).load(c))?;
        found.extend(some);
    }
    found.sort_by_key(|row| row.id);
    Ok(found)
}

/// Their lines, in the order of their numbers.
pub fn lines(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<LineRow>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<LineRow> = each!(on, c => order_lines::table.filter(order_lines::order_id.eq_any(part))
            .order((order_lines::order_id, order_lines::line_no)).select(LineRow::as_select()).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// What was accepted of a line: order, acceptance, the day of its note, when it was recorded, line number, quantity, fen.
pub type Accepted = (OrderId, AcceptanceId, Day, At, i64, Quantity, Fen);

/// What was accepted of orders, line by line.
pub fn accepted(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<Accepted>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<Accepted> = each!(on, c => acceptances::table.inner_join(acceptance_lines::table)
            .inner_join(order_lines::table.on(order_lines::id.eq(acceptance_lines::line_id)))
            .filter(acceptances::order_id.eq_any(part))
            .select((acceptances::order_id, acceptances::id, acceptances::occurred_on, acceptances::recorded_at,
                order_lines::line_no, acceptance_lines::accepted, acceptance_lines::amount_fen)).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// What went back of a line: order, return, when it was recorded, line number, quantity, fen.
pub type Returned = (OrderId, ReturnId, At, i64, Quantity, Fen);

/// What went back of orders, line by line.
pub fn returned(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<Returned>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<Returned> = each!(on, c => returns::table.inner_join(return_lines::table)
            .inner_join(order_lines::table.on(order_lines::id.eq(return_lines::line_id)))
            .filter(returns::order_id.eq_any(part))
            .select((returns::order_id, returns::id, returns::recorded_at, order_lines::line_no, return_lines::quantity,
                return_lines::amount_fen)).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// Parts of transfers for orders that count or wait for an answer, oldest first.
pub fn payments(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<(OrderId, PaymentId, PaymentState, Fen)>> {
    let standing = [PaymentState::Reported, PaymentState::Confirmed, PaymentState::Deemed];
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<(OrderId, PaymentId, PaymentState, Fen)> = each!(on, c => payment_orders::table
            .inner_join(payments::table).filter(payment_orders::order_id.eq_any(part))
            .filter(payments::state.eq_any(standing)).order((payments::reported_at, payments::id))
            .select((payment_orders::order_id, payments::id, payments::state, payment_orders::amount_fen)).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// What an invoice names of a line: order, invoice, the invoice that it takes back, line number, gross.
pub type Invoiced = (OrderId, InvoiceId, Option<InvoiceId>, i64, Fen);

/// What was invoiced of orders, line by line; negative on red letters.
pub fn invoiced(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<Invoiced>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<Invoiced> = each!(on, c => invoice_lines::table.inner_join(invoices::table)
            .filter(invoice_lines::order_id.eq_any(part))
            .select((invoice_lines::order_id, invoices::id, invoices::reverses, invoice_lines::line_no,
                invoice_lines::gross_fen)).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// What disputes keep from being due of lines of orders.
pub fn withheld(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<(OrderId, i64, Fen)>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<(OrderId, i64, Fen)> = each!(on, c => dispute_lines::table.inner_join(disputes::table)
            .filter(disputes::order_id.eq_any(part))
            .select((disputes::order_id, dispute_lines::line_no, dispute_lines::withheld_fen)).load(c))?;
        found.extend(some);
    }
    Ok(found)
}
