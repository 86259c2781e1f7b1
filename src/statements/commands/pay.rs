//! One transfer for a confirmed statement: what it leaves to be paid of each order, or a part of it, the oldest due first.

use super::{claim_shown, held, record, wrong};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{FileId, OrderId, PayeeAccountId, StatementId};
use crate::kernel::money::Fen;
use crate::kernel::time::Day;
use crate::ordering::{self, NewPayment, Payable, PaymentView};
use crate::platform::db::Tx;
use crate::statements::records::Standing;
use crate::statements::rules::state::{Event, step};
use crate::statements::store;
use serde_json::json;
use std::collections::BTreeSet;

crate::text_enum! {
    /// How a transfer for a statement was divided among its orders.
    StatementAllocation {
        /// Each order got what the statement leaves to be paid of it.
        Exact "exact"
        /// It was a part: the oldest due was paid first.
        OldestDueFirst "oldest_due_first"
    }
}

/// A transfer as the payer tells it.
#[derive(Debug, Clone)]
pub struct NewTransfer {
    /// The bank's value date; today when not stated.
    pub occurred_on: Option<Day>,
    /// The whole transfer, in fen.
    pub amount: Fen,
    /// The bank's proof.
    pub proof_file: Option<FileId>,
    /// The bank's number of the movement.
    pub bank_reference: Option<String>,
    /// To which of the accounts that the orders froze, where there are several.
    pub account: Option<PayeeAccountId>,
}

/// What was reported.
pub struct Transferred {
    /// The payment.
    pub payment: PaymentView,
    /// How it was divided.
    pub allocation: StatementAllocation,
    /// What the statement still leaves to be paid, in fen.
    pub open: Fen,
}

/// Reports a transfer for a confirmed statement by the command of single orders; never more than the statement leaves to be paid.
///
/// # Errors
/// `not_found`, `wrong_state`; `validation_failed` when the orders froze several accounts and none is named; `payment_mismatch`
/// when it is more than is to be paid; those of [`ordering::report_payment`].
pub fn pay(tx: &mut Tx<'_>, actor: &Actor, id: StatementId, new: &NewTransfer) -> Outcome<Transferred> {
    let row = claim_shown(tx, actor, id)?;
    step(row.state, Event::Pay)?;
    let mut payable = Vec::new();
    for standing in held(tx, &row)? {
        let open = standing.sums(id)?.payable()?;
        if open > Fen::ZERO {
            payable.push((standing, open));
        }
    }
    let all = Fen::total(payable.iter().map(|(_, open)| *open))?;
    let (chosen, account) = of_account(payable, new.account);
    let open = Fen::total(chosen.iter().map(|(_, open)| *open))?;
    let mut faults: Vec<AppError> = account.into_iter().collect();
    if new.amount > open && faults.is_empty() {
        let (zh, en) = (
            format!("对账单未付 {open} 元，转账不得更多"),
            format!("is more than the {open} yuan that are to be paid"),
        );
        faults.push(AppError::field(Code::PaymentMismatch, "/amount_fen", Message::new(zh, en)));
    }
    if !faults.is_empty() {
        return Err(AppError::several(faults));
    }
    let allocation = if new.amount == open { StatementAllocation::Exact } else { StatementAllocation::OldestDueFirst };
    let report = NewPayment {
        occurred_on: new.occurred_on,
        amount: new.amount,
        proof_file: new.proof_file,
        bank_reference: new.bank_reference.clone(),
        orders: divide(&chosen, new.amount)?,
    };
    let (payment, parts) = ordering::report_payment(tx, actor, &report)?;
    store::link_payment(tx, id, payment.id)?;
    let open = all.minus(new.amount)?;
    let details =
        json!({ "payment": payment.id, "amount_fen": new.amount, "allocation": allocation, "open_fen": open });
    record(tx, actor, &row, "statement.paid", details)?;
    Ok(Transferred { payment: PaymentView::new(payment, &parts), allocation, open })
}

/// The orders that are paid to one account: orders keep the account of their confirmation, and one transfer goes to one.
fn of_account(
    payable: Vec<(Standing, Fen)>,
    wanted: Option<PayeeAccountId>,
) -> (Vec<(Standing, Fen)>, Option<AppError>) {
    let account = |standing: &Standing| standing.order.payee.as_ref().map(|payee| payee.account_id);
    let known: BTreeSet<PayeeAccountId> = payable.iter().filter_map(|(standing, _)| account(standing)).collect();
    let fault = match wanted {
        None if known.len() > 1 => {
            Some(("这些订单约定了不同的收款账户，请指明其一", "the orders are paid to several accounts, name one"))
        }
        Some(id) if !known.contains(&id) => Some(("不是这些订单的收款账户", "is no account of these orders")),
        _ => None,
    };
    let fault = fault.map(|(zh, en)| wrong("/payee_account_id", zh, en));
    let chosen =
        |(standing, _): &(Standing, Fen)| wanted.is_none() || account(standing).is_none_or(|own| Some(own) == wanted);
    (payable.into_iter().filter(chosen).collect(), fault)
}

/// What each order gets: all that is open of it, else the oldest due first.
fn divide(chosen: &[(Standing, Fen)], amount: Fen) -> Outcome<Vec<(OrderId, Option<Fen>)>> {
    let payable = |(standing, open): &(Standing, Fen)| Payable {
        due: *open,
        open: *open,
        due_on: standing.order.due_on,
        placed_on: standing.order.placed_on,
        named: None,
    };
    let payables: Vec<Payable> = chosen.iter().map(payable).collect();
    let parts = ordering::allocate_transfer(amount, &payables)?;
    let parts = chosen.iter().zip(parts).filter(|(_, part)| *part > Fen::ZERO);
    Ok(parts.map(|((standing, _), part)| (standing.order.id, Some(part))).collect())
}
