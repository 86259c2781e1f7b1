//! Payments: the buyer reports a transfer, the supplier answers; what nobody answers in time is deemed received.

use super::duties::exception;
use super::recompute::{payment_deadline, store_payment};
use super::settle::settle;
use crate::audit;
use crate::documents;
use crate::identity;
use crate::kernel::actor::{Actor, Role, Scope};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{DutyExceptionId, FileId, OrderId, OrgId, PaymentId};
use crate::kernel::money::Fen;
use crate::kernel::time::Day;
use crate::notifications::{self, Both};
use crate::ordering::OrderState;
use crate::ordering::book::Book;
use crate::ordering::clock::{self, Answered};
use crate::ordering::queries::withheld;
use crate::ordering::rules::money::{MoneyRefusal, Payable, allocate};
use crate::ordering::rules::order::fact_day;
use crate::ordering::rules::payment::{PaymentDecision, PaymentEvent, PaymentState, step};
use crate::ordering::store::facts;
use crate::ordering::store::orders::{self, OrderRow, Side};
use crate::ordering::store::payments::{self as store, PartRow, PaymentRow};
use crate::platform::clock::Ctx;
use crate::platform::db::{Store, Tx};
use crate::regions;
use crate::rulebook::{self, RuleName};
use serde_json::json;

/// A transfer as the buyer tells it.
#[derive(Debug, Clone)]
pub struct NewPayment {
    /// The bank's value date; today when not stated.
    pub occurred_on: Option<Day>,
    /// The whole transfer, in fen.
    pub amount: Fen,
    /// The bank's proof; without it the payment waits for the supplier for ever.
    pub proof_file: Option<FileId>,
    /// The bank's number of the movement.
    pub bank_reference: Option<String>,
    /// The orders it pays, each with its amount; without amounts the oldest due is paid first.
    pub orders: Vec<(OrderId, Option<Fen>)>,
}

/// Reports a transfer. It counts when the supplier confirms it, or when it has a proof and nobody answers in time.
///
/// # Errors
/// `not_found`, `wrong_state`, `separation_of_duties` unless the unit has an exception, `payment_mismatch`,
/// `already_exists`.
pub fn report(tx: &mut Tx<'_>, actor: &Actor, new: &NewPayment) -> Outcome<(PaymentRow, Vec<PartRow>)> {
    let (mut claimed, exception) = claim_orders(tx, actor, new)?;
    let first = one_party(&claimed, new)?;
    let today = tx.at().day();
    let placed = claimed.iter().map(|order| order.placed_day).min().unwrap_or(today);
    let occurred_on = fact_day(new.occurred_on.unwrap_or(today), placed, today)?;
    if let Some(file) = new.proof_file {
        documents::file(tx, &Scope::Org(actor.org_id), file)
            .map_err(|error| if error.code() == Code::NotFound { no_such_file() } else { error })?;
    }
    let rules = rulebook::load(tx, &first.unit_region, today, &[RuleName::DeemedPaymentDays])?;
    let days = rules.int(RuleName::DeemedPaymentDays)?;
    let deadline = regions::deadline_working_days(tx, &first.supplier_region, today, days)?;
    let row = PaymentRow {
        id: tx.new_id(),
        reporter_org: actor.org_id,
        payer_id: first.payer_id,
        supplier_id: first.supplier_id,
        amount_fen: new.amount,
        occurred_on,
        reported_at: tx.at(),
        reported_by: actor.user_id,
        proof_file: new.proof_file,
        bank_reference: new.bank_reference.clone(),
        state: PaymentState::Reported,
        answer_by: Day::new(deadline.day),
        decided_at: None,
        decided_by: None,
        reason: None,
        effective_at: None,
        reversed_at: None,
        version: 1,
        answer_by_provisional: deadline.provisional,
    };
    claimed.sort_by_key(|order| order.id);
    let parts = divide(tx, &claimed, new, row.id)?;
    tx.attempt(|tx| store::insert(tx, &row, &parts)).map_err(|error| match error.code() {
        Code::AlreadyExists => {
            let message = Message::new("该流水号已报告付款", "this bank movement is reported already");
            AppError::field(Code::AlreadyExists, "/bank_reference", message)
        }
        _ => error,
    })?;
    if let Some(file) = row.proof_file {
        // Silence counts as a yes: the supplier must be able to look at what it says nothing to.
        documents::share(tx, file, row.supplier_id)?;
    }
    record(tx, Some(actor), "payment.reported", &row, (&first, exception), &parts)?;
    tell_supplier(tx, &row, &parts)?;
    Ok((row, parts))
}

/// Claims every named order, in the order of their ids, so that two transfers never wait for each other; and the exception
/// under which who accepted may report the payment, where it was needed.
fn claim_orders(tx: &mut Tx<'_>, actor: &Actor, new: &NewPayment) -> Outcome<(Vec<OrderRow>, Option<DutyExceptionId>)> {
    let mut ids: Vec<OrderId> = new.orders.iter().map(|(id, _)| *id).collect();
    ids.sort_unstable();
    if ids.windows(2).any(|pair| pair[0] == pair[1]) {
        let message = Message::new("同一订单只写一次", "name each order once");
        return Err(AppError::field(Code::ValidationFailed, "/orders", message));
    }
    let (mut claimed, mut used, today) = (Vec::with_capacity(ids.len()), None, tx.at().day());
    for id in ids {
        let order = orders::claim(tx, Side::Payer(actor.org_id), id)?;
        if !matches!(order.state, OrderState::Confirmed | OrderState::Closed) {
            return Err(AppError::new(Code::WrongState)
                .with("state", order.state.as_str())
                .with("order", id.to_string()));
        }
        let accepted = facts::acceptances(tx, id)?;
        if accepted.iter().any(|(fact, _)| fact.accepted_by == actor.user_id || fact.second_by == Some(actor.user_id)) {
            used = exception(tx, order.buyer_id, today)?;
            if used.is_none() {
                return Err(AppError::new(Code::SeparationOfDuties)
                    .detail("验收人不得报告付款", "Who accepts never reports the payment"));
            }
        }
        claimed.push(order);
    }
    Ok((claimed, used))
}

/// One transfer pays orders of one supplier and one payer, each with its amount or all without; every order that is at fault is
/// named. An order of that supplier and payer.
fn one_party(claimed: &[OrderRow], new: &NewPayment) -> Outcome<OrderRow> {
    let order_of = |id: OrderId| claimed.iter().find(|order| order.id == id);
    let first = new.orders.first().and_then(|(id, _)| order_of(*id)).ok_or(MoneyRefusal::NothingToPay)?;
    let (named, mut faults) = (new.orders.iter().any(|(_, amount)| amount.is_some()), Vec::new());
    for (n, (id, amount)) in new.orders.iter().enumerate() {
        let mut fault = |field: &str, zh: &str, en: &str| {
            let pointer = format!("/orders/{n}/{field}");
            faults.push(AppError::field(Code::PaymentMismatch, pointer, Message::new(zh, en)).detail(zh, en));
        };
        if order_of(*id).is_some_and(|o| (o.supplier_id, o.payer_id) != (first.supplier_id, first.payer_id)) {
            let en = "is of another supplier or payer than the first: one transfer pays one supplier";
            fault("order_id", "与第一个订单不是同一供应商、同一付款单位：一笔转账只能付给一家供应商", en);
        }
        if named && amount.is_none() {
            fault("amount_fen", "各订单须全部写明金额，或全部不写", "name an amount for every order or for none");
        }
    }
    if faults.is_empty() { Ok(first.clone()) } else { Err(AppError::several(faults)) }
}

fn no_such_file() -> AppError {
    AppError::field(Code::ValidationFailed, "/proof_file", Message::new("没有此文件", "there is no such file"))
}

/// The part of each order, in the order of their ids; orders that get nothing have no part.
fn divide(tx: &mut Tx<'_>, claimed: &[OrderRow], new: &NewPayment, payment: PaymentId) -> Outcome<Vec<PartRow>> {
    let amount_of =
        |order: &OrderRow| new.orders.iter().find(|(id, _)| *id == order.id).and_then(|(_, amount)| *amount);
    let unnamed: Vec<&OrderRow> =
        claimed.iter().filter(|order| claimed.len() > 1 && amount_of(order).is_none()).collect();
    let dues = clock::next_dues(tx, &unnamed, Answered::OrNot)?;
    let mut payables = Vec::with_capacity(claimed.len());
    for order in claimed {
        let named = amount_of(order);
        let placed_on = order.placed_day;
        payables.push(if named.is_some() || claimed.len() == 1 {
            Payable { due: Fen::ZERO, open: Fen::ZERO, due_on: None, placed_on, named }
        } else {
            let book = Book::load(tx, order.id)?;
            let paid = book.paid()?.plus(book.reported()?)?.minus(book.refunded()?)?;
            // What is disputed is not due, though it may be paid.
            let due = book.due()?.minus(paid)?.minus(withheld(tx, order.id)?)?;
            let open = book.expected()?.minus(paid)?;
            let due_on = dues.get(&order.id).map(|due| Day::new(due.day));
            Payable { due, open, due_on, placed_on, named }
        });
    }
    let amounts = allocate(new.amount, &payables)?;
    let parts = claimed.iter().zip(amounts).filter(|(_, amount)| amount.get() > 0);
    Ok(parts.map(|(order, amount)| PartRow { payment_id: payment, order_id: order.id, amount_fen: amount }).collect())
}

/// The supplier's answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The transfer.
    pub payment: PaymentId,
    /// An order that it must pay, when the answer came by way of an order.
    pub order: Option<OrderId>,
    /// Whether the money is here.
    pub decision: PaymentDecision,
    /// Why not.
    pub reason: Option<String>,
}

/// Confirms or denies a transfer, for all orders that it pays.
///
/// # Errors
/// `not_found`, `wrong_state`, `validation_failed` for a denial without reason, `payment_mismatch` when it was refunded.
pub fn answer(tx: &mut Tx<'_>, actor: &Actor, answer: &Answer) -> Outcome<(PaymentRow, Vec<PartRow>)> {
    if answer.decision == PaymentDecision::Deny && answer.reason.is_none() {
        let message = Message::new("否认到账须写明原因", "a denial needs a reason");
        return Err(AppError::field(Code::ValidationFailed, "/reason", message));
    }
    let parts = store::parts_of(tx, &[answer.payment])?;
    if parts.is_empty() || answer.order.is_some_and(|id| parts.iter().all(|part| part.order_id != id)) {
        return Err(Code::NotFound.into());
    }
    let order = claim_parts(tx, Side::Supplier(actor.org_id), &parts)?;
    let mut row = store::claim(tx, answer.payment)?;
    row.decided_by = Some(actor.user_id);
    row.reason.clone_from(&answer.reason);
    take(tx, &mut row, &parts, PaymentEvent::Answered(answer.decision))?;
    let action = match answer.decision {
        PaymentDecision::Confirm => "payment.confirmed",
        PaymentDecision::Deny => "payment.denied",
    };
    record(tx, Some(actor), action, &row, (&order, None), &parts)?;
    if answer.decision == PaymentDecision::Deny {
        tell_reporter(tx, &row, &parts)?;
    }
    Ok((row, parts))
}

/// Claims every order of a transfer, in the order of their ids; the first of them.
pub(super) fn claim_parts(tx: &mut Tx<'_>, side: Side, parts: &[PartRow]) -> Outcome<OrderRow> {
    let mut first = None;
    for part in parts {
        let order = orders::claim(tx, side, part.order_id)?;
        first.get_or_insert(order);
    }
    first.ok_or_else(|| Code::NotFound.into())
}

/// Lets an event happen to a claimed transfer, and settles the orders when it begins or stops to count.
fn take(tx: &mut Tx<'_>, row: &mut PaymentRow, parts: &[PartRow], event: PaymentEvent) -> Outcome<()> {
    let done = step(row.state, event, row.proof_file.is_some())?;
    let at = tx.at();
    row.state = done.to;
    row.decided_at = Some(at);
    if done.takes_effect {
        row.effective_at = Some(at);
    }
    if done.reversed {
        row.reversed_at = Some(at);
    }
    store::answer(tx, row)?;
    if !done.takes_effect && !done.reversed {
        return Ok(());
    }
    for part in parts {
        if done.reversed {
            let book = Book::load(tx, part.order_id)?;
            if book.refunded()? > book.paid()? {
                return Err(MoneyRefusal::SentBack.into());
            }
        }
        settle(tx, part.order_id)?;
    }
    Ok(())
}

/// Deems received what has a proof and was neither confirmed nor denied in time, each in its own transaction; how many.
///
/// # Errors
/// When the database fails.
pub async fn deem_payments(db: &Store, ctx: Ctx) -> Outcome<usize> {
    let today = ctx.at.day();
    let mut count = 0;
    loop {
        let waiting = db.read(move |read| store::unanswered(read, today, 100)).await?;
        if waiting.is_empty() {
            return Ok(count);
        }
        for id in waiting {
            count += usize::from(db.write(ctx.clone(), move |tx| deem(tx, id)).await?);
        }
    }
}

/// Deems one transfer received, unless it was answered in between.
fn deem(tx: &mut Tx<'_>, id: PaymentId) -> Outcome<bool> {
    let parts = store::parts_of(tx, &[id])?;
    let order = claim_parts(tx, Side::Program, &parts)?;
    let mut row = store::claim(tx, id)?;
    if row.state != PaymentState::Reported || row.answer_by >= tx.at().day() {
        return Ok(false);
    }
    // A year may have been loaded a moment ago.
    if let Some(found) = payment_deadline(tx, &row, &order)?.filter(|(day, _)| *day >= tx.at().day()) {
        store_payment(tx, &row, &order, found)?;
        return Ok(false);
    }
    take(tx, &mut row, &parts, PaymentEvent::TimeOver)?;
    record(tx, None, "payment.deemed", &row, (&order, None), &parts)?;
    Ok(true)
}

/// The orders of a transfer, as a mail names them.
fn named(parts: &[PartRow]) -> String {
    parts.iter().map(|part| part.order_id.to_string()).collect::<Vec<_>>().join(", ")
}

/// A report waits for the supplier's answer.
fn tell_supplier(tx: &mut Tx<'_>, row: &PaymentRow, parts: &[PartRow]) -> Outcome<()> {
    let (fen, day, until, orders) = (row.amount_fen, row.occurred_on, row.answer_by, named(parts));
    let (zh, en) = if row.proof_file.is_some() {
        (
            format!("附有付款凭证，{until} 前未答复的，视为已收到。"),
            format!("It has a proof: unanswered by {until} it is deemed received."),
        )
    } else {
        (format!("请在 {until} 前答复。"), format!("Please answer by {until}."))
    };
    let zh = format!("采购方报告已于 {day} 付款 {fen} 元，订单 {orders}。请核对是否到账。{zh}");
    let en =
        format!("The buyer reports a payment of {fen} yuan on {day} for {orders}. Please say whether it arrived. {en}");
    tell(tx, (row.supplier_id, Role::Seller), Both { zh: "采购方报告付款", en: "A payment was reported" }, (&zh, &en))
}

/// A denial has to be looked into by whoever pays.
fn tell_reporter(tx: &mut Tx<'_>, row: &PaymentRow, parts: &[PartRow]) -> Outcome<()> {
    let (fen, day, orders) = (row.amount_fen, row.occurred_on, named(parts));
    let reason = row.reason.as_deref().unwrap_or_default();
    let zh = format!("供应商否认收到 {day} 的付款 {fen} 元，订单 {orders}。原因：{reason}");
    let en = format!("The supplier denies having received {fen} yuan of {day} for {orders}. Reason: {reason}");
    tell(tx, (row.reporter_org, Role::Payer), Both { zh: "供应商否认到账", en: "A payment was denied" }, (&zh, &en))
}

fn tell(tx: &mut Tx<'_>, (org, role): (OrgId, Role), subject: Both<'_>, (zh, en): (&str, &str)) -> Outcome<()> {
    for (_, address) in identity::recipients(tx, org, role)? {
        notifications::mail(tx, &address, subject, Both { zh, en })?;
    }
    Ok(())
}

fn record(
    tx: &mut Tx<'_>,
    actor: Option<&Actor>,
    action: &'static str,
    row: &PaymentRow,
    (order, exception): (&OrderRow, Option<DutyExceptionId>),
    parts: &[PartRow],
) -> Outcome<()> {
    let orders: Vec<_> = parts.iter().map(|p| json!({ "order": p.order_id, "amount_fen": p.amount_fen })).collect();
    let entry = audit::Entry {
        actor,
        action,
        subject: row.id.to_string(),
        owner_org: row.reporter_org,
        other_org: Some(row.supplier_id),
        region: order.unit_region,
        details: json!({ "amount_fen": row.amount_fen, "occurred_on": row.occurred_on, "orders": orders, "reason": row.reason,
            "exception": exception }),
    };
    audit::record_for(tx, &[entry], &order.concerned())
}
