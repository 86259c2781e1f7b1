//! Refunds: the supplier records money it sent back.

use super::settle::settle;
use crate::audit;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{AllowanceId, OrderId, ReturnId};
use crate::kernel::money::Fen;
use crate::kernel::time::Day;
use crate::ordering::rules::money;
use crate::ordering::rules::order::{fact_day, not_before};
use crate::ordering::store::orders::{self, Side};
use crate::ordering::store::payments::{self as store, RefundRow};
use crate::ordering::store::{allowances, facts};
use crate::platform::db::Tx;
use serde_json::json;

/// Money sent back, as the supplier tells it.
#[derive(Debug, Clone)]
pub struct NewRefund {
    /// In fen.
    pub amount: Fen,
    /// The bank's value date; today when not stated.
    pub occurred_on: Option<Day>,
    /// The return it is for.
    pub return_id: Option<ReturnId>,
    /// The allowance it is for.
    pub allowance_id: Option<AllowanceId>,
    /// Why.
    pub reason: String,
    /// The bank's number of the movement.
    pub bank_reference: Option<String>,
}

/// Records a refund: at most what was paid and not yet sent back, for a return at most what its goods cost, for an allowance at most
/// what was allowed, and a bank movement once. The order is claimed, so two of them wait for each other.
///
/// # Errors
/// `not_found`, `payment_mismatch`, `already_exists`, `validation_failed`.
pub fn refund(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, new: &NewRefund) -> Outcome<RefundRow> {
    let order = orders::claim(tx, Side::Supplier(actor.org_id), id)?;
    money::refund(order.paid_fen, order.refunded_fen, new.amount)?;
    let today = tx.at().day();
    let occurred_on = fact_day(new.occurred_on.unwrap_or(today), order.placed_day, today)?;
    let paid = store::of_order(tx, id)?;
    let counts = paid.iter().filter(|(payment, _)| payment.effective_at.is_some() && payment.reversed_at.is_none());
    not_before(occurred_on, counts.map(|(payment, _)| payment.occurred_on).min())?;
    let earlier = store::refunds_of(tx, id)?;
    if let Some(named) = new.return_id {
        within_return(tx, id, named, &earlier, new.amount)?;
    }
    if let Some(named) = new.allowance_id {
        within_allowance(tx, id, (named, new.return_id), &earlier, new.amount)?;
    }
    if new.bank_reference.is_some() && earlier.iter().any(|known| known.bank_reference == new.bank_reference) {
        let message =
            Message::new("这笔银行流水已登记为该订单的退款", "this bank movement is recorded for the order already");
        return Err(AppError::field(Code::AlreadyExists, "/bank_reference", message));
    }
    let row = RefundRow {
        id: tx.new_id(),
        order_id: id,
        return_id: new.return_id,
        allowance_id: new.allowance_id,
        amount_fen: new.amount,
        occurred_on,
        recorded_at: tx.at(),
        recorded_by: actor.user_id,
        reason: new.reason.clone(),
        bank_reference: new.bank_reference.clone(),
    };
    store::insert_refund(tx, &row)?;
    settle(tx, id)?;
    let entry = audit::Entry {
        actor: Some(actor),
        action: "order.refunded",
        subject: id.to_string(),
        owner_org: order.buyer_id,
        other_org: Some(order.supplier_id),
        region: order.unit_region,
        details: json!({ "refund": row.id, "amount_fen": row.amount_fen, "occurred_on": occurred_on, "reason": row.reason }),
    };
    audit::record(tx, &entry)?;
    Ok(row)
}

/// For a return at most what the returned goods cost is sent back.
fn within_return(tx: &mut Tx<'_>, order: OrderId, named: ReturnId, earlier: &[RefundRow], amount: Fen) -> Outcome<()> {
    let returns = facts::returns(tx, order)?;
    let lines: Vec<Fen> =
        returns.iter().filter(|(fact, _)| fact.id == named).map(|(_, line)| line.amount_fen).collect();
    if lines.is_empty() {
        let message = Message::new("订单没有此退货记录", "the order has no such return");
        return Err(AppError::field(Code::ValidationFailed, "/return_id", message));
    }
    let sent = Fen::total(earlier.iter().filter(|row| row.return_id == Some(named)).map(|row| row.amount_fen))?;
    Ok(money::refund_of_return(Fen::total(lines)?, sent, amount)?)
}

/// For an allowance at most what was allowed is sent back; a refund is for one of the two.
fn within_allowance(
    tx: &mut Tx<'_>,
    order: OrderId,
    (named, also): (AllowanceId, Option<ReturnId>),
    earlier: &[RefundRow],
    amount: Fen,
) -> Outcome<()> {
    let wrong = |zh, en| AppError::field(Code::ValidationFailed, "/allowance_id", Message::new(zh, en));
    if also.is_some() {
        return Err(wrong("退款只能对应一次退货或一次折让", "a refund is for a return or for an allowance"));
    }
    let rows = allowances::of_order(tx, order)?;
    let lines: Vec<Fen> = rows.iter().filter(|(fact, _)| fact.id == named).map(|(_, line)| line.amount_fen).collect();
    if lines.is_empty() {
        return Err(wrong("订单没有此折让记录", "the order has no such allowance"));
    }
    let sent = Fen::total(earlier.iter().filter(|row| row.allowance_id == Some(named)).map(|row| row.amount_fen))?;
    Ok(money::refund_of_allowance(Fen::total(lines)?, sent, amount)?)
}
