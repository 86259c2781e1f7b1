//! SQL of what a supplier's bank account may show: payments to it, and what it sent back.

use super::payments::{PaymentRow, RefundRow};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderId, OrgId, PaymentId};
use crate::kernel::time::Day;
use crate::ordering::rules::payment::PaymentState;
use crate::ordering::schema::money::{invoice_lines, invoices, payment_orders, payments, refunds};
use crate::ordering::schema::orders;
use crate::platform::db::Read;
use diesel::prelude::*;

/// Ids named in one statement.
const CHUNK: usize = 500;
/// Payments that the supplier has not answered.
const UNANSWERED: [PaymentState; 2] = [PaymentState::Reported, PaymentState::Deemed];

/// Payments to a supplier that it has not answered, and those that it confirmed with a value date since a day.
pub fn payments_to(on: &mut Read, supplier: OrgId, since: Day) -> Outcome<Vec<PaymentRow>> {
    Ok(each!(on, c => payments::table.filter(payments::supplier_id.eq(supplier))
        .filter(payments::state.eq_any(UNANSWERED)
            .or(payments::state.eq(PaymentState::Confirmed).and(payments::occurred_on.ge(since))))
        .order(payments::id).select(PaymentRow::as_select()).load(c))?)
}

/// A payment to a supplier.
pub fn payment_to(on: &mut Read, supplier: OrgId, id: PaymentId) -> Outcome<Option<PaymentRow>> {
    Ok(each!(on, c => payments::table.filter(payments::id.eq(id)).filter(payments::supplier_id.eq(supplier))
        .select(PaymentRow::as_select()).first(c).optional())?)
}

/// The value dates that were reported of payments to a supplier.
pub fn days_of(on: &mut Read, supplier: OrgId, ids: &[PaymentId]) -> Outcome<Vec<(PaymentId, Day)>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<(PaymentId, Day)> = each!(on, c => payments::table.filter(payments::id.eq_any(part))
            .filter(payments::supplier_id.eq(supplier)).select((payments::id, payments::occurred_on)).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// An order that a payment pays: payment, order, unit, buyer.
pub type Paid = (PaymentId, OrderId, OrgId, OrgId);

/// The orders that payments pay.
pub fn orders_of(on: &mut Read, ids: &[PaymentId]) -> Outcome<Vec<Paid>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<Paid> = each!(on, c => payment_orders::table.inner_join(orders::table)
            .filter(payment_orders::payment_id.eq_any(part)).order((payment_orders::payment_id, payment_orders::order_id))
            .select((payment_orders::payment_id, orders::id, orders::unit_id, orders::buyer_id)).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// The numbers of the invoices of orders: order, code, number.
pub fn invoices_of(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<(OrderId, String, String)>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<(OrderId, String, String)> = each!(on, c => invoice_lines::table.inner_join(invoices::table)
            .filter(invoice_lines::order_id.eq_any(part)).order((invoice_lines::order_id, invoices::code, invoices::number))
            .select((invoice_lines::order_id, invoices::code, invoices::number)).distinct().load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// What a supplier sent back since a day.
pub fn sent_back(on: &mut Read, supplier: OrgId, since: Day) -> Outcome<Vec<RefundRow>> {
    Ok(each!(on, c => refunds::table.inner_join(orders::table.on(orders::id.eq(refunds::order_id)))
        .filter(orders::supplier_id.eq(supplier)).filter(refunds::occurred_on.ge(since))
        .order(refunds::id).select(RefundRow::as_select()).load(c))?)
}
