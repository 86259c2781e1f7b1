//! 换货: the buyer asks for rejected goods once more; once the supplier agrees they are as if they had never come, and what the line then
//! can cost and owes of goods is held again. A line, and its order, that were closed are opened for it.

use super::claimed::Claimed;
use super::price_change::ceiling_refuses;
use crate::catalogue;
use crate::identity;
use crate::kernel::actor::{Actor, Role};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{AcceptanceId, OrderId, OrderLineId, OrgId, ReplacementId};
use crate::kernel::quantity::Quantity;
use crate::ordering::book::{Book, amounts};
use crate::ordering::rules::counting::What;
use crate::ordering::rules::order::{Event, OrderState, next as step};
use crate::ordering::rules::replacement::{
    ReplacementDecision, ReplacementEvent, ReplacementState, fits, may_be, next,
};
use crate::ordering::store::orders::{LineRow, OrderRow, Side};
use crate::ordering::store::replacements::{self as store, ReplacementRow};
use crate::ordering::terms::{self, Terms};
use crate::platform::db::Tx;
use serde_json::json;

/// What is asked for of a line.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The line.
    pub line_no: i64,
    /// How much of what was rejected.
    pub quantity: Quantity,
}

/// Asks for rejected goods once more.
///
/// # Errors
/// `not_found`, `wrong_state` also of an order that counts as completed or was called off, `quantity_exceeded`, `quantity_not_whole`,
/// `validation_failed`.
pub fn ask(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: OrderId,
    (reason, lines): (&str, &[Asked]),
) -> Outcome<(Vec<ReplacementRow>, OrderRow)> {
    let mut claimed = Claimed::claim(tx, Side::Buyer(actor.org_id), id)?;
    step(claimed.order.state, Event::Reopen)?;
    may_be(claimed.order.completed_year.is_some(), called_off(&claimed.order)?)?;
    let known = store::of_order(tx, id)?;
    let rows = claimed.each_line(
        lines,
        |line| line.line_no,
        |claimed, index, line| {
            let row = &claimed.lines[index];
            amounts(row).counted(line.quantity).map_err(|refusal| refusal.at("/quantity"))?;
            fits(row.rejected, waiting(&known, row)?, line.quantity)?;
            Ok((row.id, line.quantity))
        },
    )?;
    let asked = |(line_id, quantity)| asked(tx, actor, (id, line_id, None), quantity, reason);
    let rows: Vec<ReplacementRow> = rows.into_iter().map(asked).collect();
    enter(tx, actor, &claimed, &rows)?;
    Ok((rows, claimed.order))
}

/// What is asked for of a line, and waits for the supplier.
fn asked(
    tx: &Tx<'_>,
    actor: &Actor,
    (order_id, line_id, acceptance_id): (OrderId, OrderLineId, Option<AcceptanceId>),
    quantity: Quantity,
    reason: &str,
) -> ReplacementRow {
    ReplacementRow {
        id: tx.new_id(),
        order_id,
        line_id,
        acceptance_id,
        quantity,
        reason: reason.to_owned(),
        state: ReplacementState::Open,
        asked_by: actor.user_id,
        asked_at: tx.at(),
        answered_by: None,
        answered_at: None,
        answer: None,
        closed_on: None,
        closed_at: None,
    }
}

/// Whether an order was called off from a framework agreement.
pub(super) fn called_off(order: &OrderRow) -> Outcome<bool> {
    let terms: Terms = terms::read(&order.terms)?;
    Ok(terms.agreement.is_some())
}

/// What of a line is asked for and not answered.
fn waiting(known: &[ReplacementRow], line: &LineRow) -> Outcome<Quantity> {
    let own = known.iter().filter(|row| row.line_id == line.id && row.state == ReplacementState::Open);
    let mut sum = Quantity::ZERO;
    for row in own {
        sum = sum.plus(row.quantity)?;
    }
    Ok(sum)
}

/// Asked for with an acceptance that rejected the goods.
pub(super) fn with_acceptance(
    tx: &mut Tx<'_>,
    actor: &Actor,
    claimed: &Claimed,
    acceptance: AcceptanceId,
    lines: &[(i64, Quantity, String)],
) -> Outcome<()> {
    let mut rows = Vec::with_capacity(lines.len());
    for (line_no, quantity, reason) in lines {
        let index = claimed.find(*line_no, "/line_no")?;
        let of = (claimed.order.id, claimed.lines[index].id, Some(acceptance));
        rows.push(asked(tx, actor, of, *quantity, reason));
    }
    enter(tx, actor, claimed, &rows)
}

fn enter(tx: &mut Tx<'_>, actor: &Actor, claimed: &Claimed, rows: &[ReplacementRow]) -> Outcome<()> {
    if rows.is_empty() {
        return Ok(());
    }
    store::insert(tx, rows)?;
    let told: Vec<_> = rows.iter().map(|row| json!({ "replacement": row.id, "quantity": row.quantity })).collect();
    let reason = rows.first().map(|row| row.reason.clone());
    let details = json!({ "replacements": told, "reason": reason });
    claimed.record(tx, Some(actor), "order.replacement_asked", details)?;
    let text = ("采购方要求对拒收的货物换货，请答复。", "The buyer asks for rejected goods once more. Please answer.");
    tell(tx, (claimed.order.supplier_id, Role::Seller), &claimed.order, text)
}

/// The supplier's answer.
#[derive(Debug, Clone)]
pub struct ReplacementAnswer {
    /// Which.
    pub replacement: ReplacementId,
    /// Whether the goods are sent again.
    pub decision: ReplacementDecision,
    /// Why not.
    pub reason: Option<String>,
}

/// Answers. Once agreed, the goods may be shipped again; money and goods are held for them.
///
/// # Errors
/// `not_found`, `wrong_state`, `validation_failed`; `out_of_stock`, `ceiling_exceeded`, `certificate_not_current`,
/// `supplier_not_admitted`, `quantity_exceeded`.
pub fn answer(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: OrderId,
    told: &ReplacementAnswer,
) -> Outcome<(ReplacementRow, OrderRow)> {
    let mut claimed = Claimed::claim(tx, Side::Supplier(actor.org_id), id)?;
    let mut row = store::find(tx, id, told.replacement)?.ok_or(Code::NotFound)?;
    row.state = next(row.state, ReplacementEvent::Answered(told.decision), told.reason.is_some())?;
    row.answered_by = Some(actor.user_id);
    row.answered_at = Some(tx.at());
    row.answer.clone_from(&told.reason);
    let details = json!({ "replacement": row.id, "quantity": row.quantity, "reason": told.reason });
    let buyer = (claimed.order.buyer_id, Role::Acceptor);
    if row.state == ReplacementState::Refused {
        kept(store::answer(tx, &row)?)?;
        claimed.record(tx, Some(actor), "order.replacement_refused", details)?;
        tell(tx, buyer, &claimed.order, ("供应商不同意换货。", "The supplier does not send the goods again."))?;
        return Ok((row, claimed.order));
    }
    reopen(tx, &mut claimed, &mut row)?;
    claimed.record(tx, Some(actor), "order.replacement_agreed", details)?;
    tell(tx, buyer, &claimed.order, ("供应商同意换货，将重新发货。", "The supplier sends the goods again."))?;
    Ok((row, claimed.order))
}

/// The goods are owed once more.
fn reopen(tx: &mut Tx<'_>, claimed: &mut Claimed, row: &mut ReplacementRow) -> Outcome<()> {
    may_be(claimed.order.completed_year.is_some(), called_off(&claimed.order)?)?;
    let index = claimed.lines.iter().position(|line| line.id == row.line_id);
    let index = index.ok_or_else(|| AppError::internal("a replacement of a foreign line"))?;
    let day = tx.at().day();
    let offers = catalogue::kept_offers(tx, &[claimed.lines[index].listing_id], day)?;
    offers.first().ok_or(Code::ListingNotOnSale)?.promisable()?;
    if claimed.lines[index].closed {
        // What told that nothing more comes on the line was true until now.
        let book = Book::load(tx, claimed.order.id)?;
        let closing = book.told.iter().rev().find(|told| told.what == What::LineClosed(index));
        row.closed_on = closing.map(|told| told.occurred_on);
        row.closed_at = closing.map(|told| told.recorded_at);
    }
    let quantity = row.quantity;
    claimed.change(index, |line| line.replace(quantity).map_err(|refusal| refusal.at("/decision")))?;
    if claimed.order.state == OrderState::Closed {
        claimed.order.closed_at = None;
    }
    claimed.step(Event::Reopen)?;
    claimed.enforced = ceiling_refuses(tx, &claimed.order)?;
    kept(store::answer(tx, row)?)?;
    claimed.write(tx, &row.id.to_string(), day, false)?;
    claimed.settle(tx)
}

/// The buyer takes back what it asked for.
///
/// # Errors
/// `not_found`, `wrong_state`.
pub fn withdraw(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, replacement): (OrderId, ReplacementId),
    reason: &str,
) -> Outcome<(ReplacementRow, OrderRow)> {
    let claimed = Claimed::claim(tx, Side::Buyer(actor.org_id), id)?;
    let mut row = store::find(tx, id, replacement)?.ok_or(Code::NotFound)?;
    row.state = next(row.state, ReplacementEvent::Withdraw, true)?;
    row.answered_by = Some(actor.user_id);
    row.answered_at = Some(tx.at());
    row.answer = Some(reason.to_owned());
    kept(store::answer(tx, &row)?)?;
    let details = json!({ "replacement": row.id, "reason": reason });
    claimed.record(tx, Some(actor), "order.replacement_withdrawn", details)?;
    let text = ("采购方撤回了换货要求。", "The buyer took back what it asked for once more.");
    tell(tx, (claimed.order.supplier_id, Role::Seller), &claimed.order, text)?;
    Ok((row, claimed.order))
}

/// Whether a compare-and-set was.
fn kept(saved: bool) -> Outcome<()> {
    if saved { Ok(()) } else { Err(Code::WrongState.into()) }
}

fn tell(tx: &mut Tx<'_>, (org, role): (OrgId, Role), order: &OrderRow, (zh, en): (&str, &str)) -> Outcome<()> {
    let (zh, en) = (format!("订单 {}：{zh}", order.id), format!("Order {}: {en}", order.id));
    identity::tell(tx, org, role, ("订单换货", "A replacement of an order"), (&zh, &en))
}
