//! What a supplier's bank account may show: payments reported to it, with everything by which a bank's line may name them,
//! and what it sent back.

use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{OrderId, OrgId, PaymentId};
use crate::kernel::money::Fen;
use crate::kernel::time::Day;
use crate::ordering::queries::money::RefundView;
use crate::ordering::rules::payment::PaymentState;
use crate::ordering::store::arrivals as store;
use crate::ordering::store::payments::PaymentRow;
use crate::platform::db::Read;
use std::collections::{BTreeMap, BTreeSet};

/// A payment to a supplier.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The payment.
    pub id: PaymentId,
    /// Where it stands.
    pub state: PaymentState,
    /// The whole transfer, in fen.
    pub amount: Fen,
    /// The value date that was reported.
    pub occurred_on: Day,
    /// The bank's number that was reported.
    pub bank_reference: Option<String>,
    /// Whose money it is.
    pub payer_id: OrgId,
    /// Who reported it.
    pub reporter_id: OrgId,
    /// Whose counts its orders are.
    pub units: BTreeSet<OrgId>,
    /// Who placed its orders.
    pub buyers: BTreeSet<OrgId>,
    /// The orders it pays.
    pub orders: Vec<OrderId>,
    /// Code and number of the invoices of these orders.
    pub invoices: Vec<(String, String)>,
}

/// Payments to a supplier that it has not answered, and those that it confirmed with a value date since a day.
///
/// # Errors
/// When the database fails.
pub fn arrivals(on: &mut Read, supplier: OrgId, since: Day) -> Outcome<Vec<Arrival>> {
    let rows = store::payments_to(on, supplier, since)?;
    let ids: Vec<PaymentId> = rows.iter().map(|row| row.id).collect();
    let paid = store::orders_of(on, &ids)?;
    let orders: BTreeSet<OrderId> = paid.iter().map(|(_, order, ..)| *order).collect();
    let mut invoices: BTreeMap<OrderId, Vec<(String, String)>> = BTreeMap::new();
    for (order, code, number) in store::invoices_of(on, &orders.into_iter().collect::<Vec<_>>())? {
        invoices.entry(order).or_default().push((code, number));
    }
    Ok(rows.into_iter().map(|row| arrival(row, &paid, &invoices)).collect())
}

fn arrival(row: PaymentRow, paid: &[store::Paid], invoices: &BTreeMap<OrderId, Vec<(String, String)>>) -> Arrival {
    let own = || paid.iter().filter(|(payment, ..)| *payment == row.id);
    let orders: Vec<OrderId> = own().map(|(_, order, ..)| *order).collect();
    Arrival {
        id: row.id,
        state: row.state,
        amount: row.amount_fen,
        occurred_on: row.occurred_on,
        payer_id: row.payer_id,
        reporter_id: row.reporter_org,
        units: own().map(|(_, _, unit, _)| *unit).collect(),
        buyers: own().map(|(_, _, _, buyer)| *buyer).collect(),
        invoices: orders.iter().filter_map(|order| invoices.get(order)).flatten().cloned().collect(),
        orders,
        bank_reference: row.bank_reference,
    }
}

/// Where a payment to a supplier stands, and how much it is.
///
/// # Errors
/// `not_found` for a payment to others.
pub fn arrival_state(on: &mut Read, supplier: OrgId, id: PaymentId) -> Outcome<(PaymentState, Fen)> {
    let found = store::payment_to(on, supplier, id)?.ok_or(Code::NotFound)?;
    Ok((found.state, found.amount_fen))
}

/// The value dates that were reported of payments to a supplier.
///
/// # Errors
/// When the database fails.
pub fn arrival_days(on: &mut Read, supplier: OrgId, ids: &[PaymentId]) -> Outcome<BTreeMap<PaymentId, Day>> {
    Ok(store::days_of(on, supplier, ids)?.into_iter().collect())
}

/// What a supplier sent back since a day, by value date.
///
/// # Errors
/// When the database fails.
pub fn sent_back(on: &mut Read, supplier: OrgId, since: Day) -> Outcome<Vec<RefundView>> {
    Ok(store::sent_back(on, supplier, since)?.into_iter().map(RefundView::from).collect())
}
