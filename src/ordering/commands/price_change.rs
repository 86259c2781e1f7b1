//! 改价: a change of prices of a placed order, proposed by one side and answered by the other. Everything happens under the order's claim:
//! a lower price releases what it held too much, a higher one holds the difference, what is allowed of accepted goods counts no more.

mod check;

use super::allow::{self, NewAllowance};
use super::claimed::Claimed;
use super::dispute::{lowered, side_of};
use crate::approvals::{self, Approver, Verdict};
use crate::identity;
use crate::kernel::actor::{Actor, Role};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{OrderId, PriceChangeId};
use crate::kernel::money::Fen;
use crate::notifications::{self, Both};
use crate::ordering::rules::dispute::DisputeSide;
use crate::ordering::rules::price_change::{
    PriceChangeState, PriceDecision, PriceEvent, PriceRefusal, may_answer, may_approve, next,
};
use crate::ordering::store::lists;
use crate::ordering::store::orders::{OrderRow, Side};
use crate::ordering::store::price_changes::{self as store, ChangeApproverRow, ChangeLineRow, ChangeRow};
use crate::platform::db::Tx;
use crate::rulebook::{self, RuleName};
use serde_json::json;

/// A change of prices as one side proposes it.
#[derive(Debug, Clone)]
pub struct NewPriceChange {
    /// Why.
    pub reason: String,
    /// What of which lines.
    pub lines: Vec<NewPriceLine>,
}

/// What is to change of a line.
#[derive(Debug, Clone, Copy)]
pub struct NewPriceLine {
    /// The line; 0 is the freight.
    pub line_no: i64,
    /// Another price of a unit, of a line of which nothing was accepted yet.
    pub unit_price: Option<Fen>,
    /// What is allowed of what was accepted, in fen.
    pub allowance: Option<Fen>,
}

/// Claims an order of the actor's side.
fn claim(tx: &mut Tx<'_>, actor: &Actor, id: OrderId) -> Outcome<Claimed> {
    let side = match side_of(actor) {
        DisputeSide::Buyer => Side::Buyer(actor.org_id),
        DisputeSide::Supplier => Side::Supplier(actor.org_id),
    };
    Claimed::claim(tx, side, id)
}

fn find(tx: &mut Tx<'_>, order: OrderId, id: PriceChangeId) -> Outcome<(ChangeRow, Vec<ChangeLineRow>)> {
    let row = store::find(tx, order, id)?.ok_or(Code::NotFound)?;
    let lines = store::lines_of_order(tx, order)?.into_iter().filter(|line| line.change_id == id).collect();
    Ok((row, lines))
}

/// Proposes other prices; a proposal that waits is superseded.
///
/// # Errors
/// `not_found`, `wrong_state`; of each line `validation_failed`, `allowance_exceeded`, `price_evidence_required`,
/// `listing_not_on_sale`, `certificate_not_current`, `out_of_season`.
pub fn propose(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, new: &NewPriceChange) -> Outcome<ChangeRow> {
    let claimed = claim(tx, actor, id)?;
    let row = ChangeRow {
        id: tx.new_id(),
        order_id: id,
        side: side_of(actor),
        proposed_by: actor.user_id,
        proposed_org: actor.org_id,
        proposed_at: tx.at(),
        reason: new.reason.clone(),
        state: PriceChangeState::Open,
        answered_by: None,
        answered_at: None,
        answer: None,
        approved_by: None,
        approved_for: None,
        approved_at: None,
        ended_at: None,
    };
    let lines: Vec<ChangeLineRow> = new.lines.iter().map(|line| of_line(&claimed, row.id, line)).collect();
    let faults = check::faults(tx, &claimed, &lines)?;
    if !faults.is_empty() {
        return Err(AppError::several(faults.into_iter().map(check::Fault::at_line).collect()));
    }
    if let Some(mut waiting) = store::waiting(tx, id)? {
        let was = waiting.state;
        waiting.state = next(was, PriceEvent::Supersede)?;
        waiting.ended_at = Some(tx.at());
        kept(store::save(tx, &waiting, was)?)?;
    }
    store::insert(tx, &row, &lines)?;
    let details = json!({ "price_change": row.id, "side": row.side, "reason": row.reason, "lines": told(&lines) });
    claimed.record(tx, Some(actor), "order.price_change_proposed", details)?;
    let (zh, en) = ("对方提出改价，请答复。", "The other side proposes other prices. Please answer.");
    tell(tx, &claimed.order, Some(row.side), (zh, en))?;
    Ok(row)
}

/// A line of a proposal, with the price that it replaces.
fn of_line(claimed: &Claimed, change_id: PriceChangeId, new: &NewPriceLine) -> ChangeLineRow {
    let known = claimed.lines.iter().find(|line| line.line_no == new.line_no);
    ChangeLineRow {
        change_id,
        line_no: new.line_no,
        before_fen: known.map(|line| line.unit_price_fen).filter(|_| new.unit_price.is_some()),
        unit_price_fen: new.unit_price,
        allowance_fen: new.allowance,
    }
}

fn told(lines: &[ChangeLineRow]) -> Vec<serde_json::Value> {
    let line = |line: &ChangeLineRow| {
        json!({ "line_no": line.line_no, "before_fen": line.before_fen, "unit_price_fen": line.unit_price_fen,
            "allowance_fen": line.allowance_fen })
    };
    lines.iter().map(line).collect()
}

/// Whether a compare-and-set was.
fn kept(saved: bool) -> Outcome<()> {
    if saved { Ok(()) } else { Err(Code::WrongState.into()) }
}

/// The other side's answer.
#[derive(Debug, Clone)]
pub struct PriceAnswer {
    /// Which proposal.
    pub change: PriceChangeId,
    /// Agreed or not.
    pub decision: PriceDecision,
    /// Why not.
    pub reason: Option<String>,
}

/// Answers a proposal. What both sides agree to holds at once, or, where the higher price needs an approval, after that.
///
/// # Errors
/// `not_found`, `wrong_state`, `separation_of_duties` for the proposing side, `validation_failed`; when it would hold now, as for
/// [`propose`], `ceiling_exceeded`, `approvers_missing`.
pub fn answer(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, told: &PriceAnswer) -> Outcome<ChangeRow> {
    let mut claimed = claim(tx, actor, id)?;
    let (mut row, lines) = find(tx, id, told.change)?;
    may_answer(row.side, side_of(actor), told.decision, told.reason.is_some())?;
    let was = row.state;
    row.answered_by = Some(actor.user_id);
    row.answered_at = Some(tx.at());
    row.answer.clone_from(&told.reason);
    let details = json!({ "price_change": row.id, "reason": told.reason });
    if told.decision == PriceDecision::Refuse {
        row.state = next(was, PriceEvent::Refuse)?;
        row.ended_at = Some(tx.at());
        kept(store::save(tx, &row, was)?)?;
        claimed.record(tx, Some(actor), "order.price_change_refused", details)?;
        tell(
            tx,
            &claimed.order,
            Some(side_of(actor)),
            ("对方不同意改价。", "The other side refuses the other prices."),
        )?;
        return Ok(row);
    }
    next(was, PriceEvent::Agree)?;
    check::now(tx, &claimed, &lines)?;
    let approvers = approvers(tx, &claimed, &lines)?;
    if approvers.is_empty() {
        row.state = next(was, PriceEvent::Agree)?;
        kept(hold(tx, actor, (&mut claimed, &mut row, was), &lines)?)?;
        tell(
            tx,
            &claimed.order,
            Some(side_of(actor)),
            ("对方同意改价，已生效。", "The other side agrees; the prices hold."),
        )?;
        return Ok(row);
    }
    row.state = next(was, PriceEvent::AgreeForApproval)?;
    wait(tx, (&claimed, &row), &approvers)?;
    kept(store::save(tx, &row, was)?)?;
    claimed.record(tx, Some(actor), "order.price_change_agreed", details)?;
    let (zh, en) = (
        "双方同意改价，金额达到审批标准，待采购方审批后生效。",
        "Both sides agree; the higher price holds once the buyer's side has approved it.",
    );
    tell(tx, &claimed.order, None, (zh, en))?;
    Ok(row)
}

/// Who may approve it where the order comes to an amount from which on orders need approvals, by the last step that such an order
/// needs; nobody where it does not rise, or needs none.
fn approvers(tx: &mut Tx<'_>, claimed: &Claimed, lines: &[ChangeLineRow]) -> Outcome<Vec<Approver>> {
    let (order, today) = (&claimed.order, tx.at().day());
    let after = check::ordered_after(claimed, lines)?;
    if after <= order.ordered_fen {
        return Ok(Vec::new());
    }
    let buyer = identity::organisation(tx, order.buyer_id)?;
    let bound = order.unit_id != order.buyer_id || buyer.kind == crate::kernel::actor::OrgKind::BudgetUnit;
    let rules = rulebook::load(tx, &order.unit_region, today, &[RuleName::ApprovalBandFen])?;
    let fund = Some(order.fund.as_str());
    let least = if bound { Fen::new(rules.int_for(RuleName::ApprovalBandFen, None, fund)?) } else { Fen::ZERO };
    // Placing asks for all that was requested at once, so that splitting it over suppliers evades nothing; nor does raising its parts.
    let beside = lists::orders_of(tx, order.group_id)?;
    let beside = beside.iter().filter(|other| other.id != order.id && other.state.stands());
    let beside = Fen::total(beside.flat_map(|other| [other.ordered_fen, other.freight_fen]))?;
    let about = (after.plus(order.freight_fen)?.plus(beside)?, order.fund, order.purpose);
    let needed = approvals::needed(tx, order.unit_id, today, about, least)?;
    Ok(needed.steps.last().map(|step| step.approvers.clone()).unwrap_or_default())
}

/// Freezes who may approve it, and asks those who took no part.
fn wait(tx: &mut Tx<'_>, (claimed, row): (&Claimed, &ChangeRow), approvers: &[Approver]) -> Outcome<()> {
    let (order, today) = (&claimed.order, tx.at().day());
    let part: Vec<_> = [Some(row.proposed_by), row.answered_by].into_iter().flatten().collect();
    let mut able = approvals::able(tx, approvers, order.placed_by, today)?;
    able.retain(|one| !part.contains(&one.user_id));
    if able.is_empty() {
        let (zh, en) = (
            "没有可审批该改价的人：下单人、改价的提出人和同意人不得审批",
            "nobody may approve the higher price: who ordered, proposed or agreed does not",
        );
        return Err(AppError::new(Code::ApproversMissing).detail(zh, en));
    }
    let frozen = approvers.iter().zip(1..).map(|(one, place)| ChangeApproverRow {
        change_id: row.id,
        place,
        org_id: one.org_id,
        user_id: one.user_id,
    });
    store::insert_approvers(tx, &frozen.collect::<Vec<_>>())?;
    let zh = format!("订单 {} 的改价已由双方同意，等待您审批。", order.id);
    let en = format!("Both sides of order {} agree to a higher price, which waits for your approval.", order.id);
    for email in able.into_iter().filter_map(|one| one.email) {
        notifications::mail(
            tx,
            &email,
            Both { zh: "改价待审批", en: "A higher price waits for your approval" },
            Both { zh: &zh, en: &en },
        )?;
    }
    Ok(())
}

/// Lets a change hold: prices, holds, the ordered amount, what is allowed. Whether it stood as it was read.
fn hold(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (claimed, row, was): (&mut Claimed, &mut ChangeRow, PriceChangeState),
    lines: &[ChangeLineRow],
) -> Outcome<bool> {
    let (today, before) = (tx.at().day(), claimed.order.ordered_fen);
    let priced = lines.iter().filter_map(|line| Some((line.line_no, line.unit_price_fen?)));
    let mut changed = false;
    for (line_no, price) in priced {
        let index = claimed.find(line_no, "/decision")?;
        claimed.change(index, |line| line.reprice(price))?;
        changed = true;
    }
    if changed {
        claimed.enforced = ceiling_refuses(tx, &claimed.order)?;
        claimed.write(tx, &row.id.to_string(), today, false)?;
    }
    let allowed: Vec<(i64, Fen)> = lines.iter().filter_map(|line| Some((line.line_no, line.allowance_fen?))).collect();
    if !allowed.is_empty() {
        lowered(tx, row.order_id, &allowed)?;
        let new = NewAllowance { dispute: None, price_change: Some(row.id), reason: &row.reason, lines: allowed };
        allow::post(tx, actor, claimed, &new)?;
    }
    row.ended_at = Some(tx.at());
    let details = json!({ "price_change": row.id, "ordered_before_fen": before, "ordered_fen": claimed.order.ordered_fen,
        "lines": told(lines) });
    claimed.record(tx, Some(actor), "order.price_changed", details)?;
    store::save(tx, row, was)
}

/// Whether the unit-year's ceiling refuses what goes beyond it, by the rule of today: it is a new hold.
pub(super) fn ceiling_refuses(tx: &mut Tx<'_>, order: &OrderRow) -> Outcome<bool> {
    let today = tx.at().day();
    let rules = rulebook::load(tx, &order.unit_region, today, &[RuleName::CeilingMode])?;
    Ok(rules.choice_for(RuleName::CeilingMode, order.fund.as_str())? == "refuse")
}

/// Approves or rejects a higher price that both sides agreed to, as oneself or in the place of who delegated it.
///
/// # Errors
/// `not_found`, `wrong_state`, `separation_of_duties` for who ordered, proposed or agreed, `forbidden` for who may not approve it,
/// `validation_failed`; when it would hold now, as for [`answer`].
pub fn approve(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, change): (OrderId, PriceChangeId),
    (verdict, reason): (Verdict, Option<&str>),
) -> Outcome<ChangeRow> {
    let order = lists::order(tx, id)?.ok_or(Code::NotFound)?;
    let people = store::approvers_of(tx, change)?;
    let known = people.iter().any(|one| one.org_id == actor.org_id) || order.concerned().contains(&actor.org_id);
    if !known {
        return Err(Code::NotFound.into());
    }
    let mut claimed = Claimed::claim(tx, Side::Program, id)?;
    let (mut row, lines) = find(tx, id, change)?;
    if verdict == Verdict::Reject && reason.is_none() {
        return Err(PriceRefusal::NoReason.into());
    }
    let was = row.state;
    let event = if verdict == Verdict::Approve { PriceEvent::Approve } else { PriceEvent::Reject };
    row.state = next(was, event)?;
    let answerer = row.answered_by.ok_or_else(|| AppError::internal("nobody agreed"))?;
    let today = tx.at().day();
    let hats = approvals::hats(tx, actor.user_id, actor.org_id, today)?;
    let approvers: Vec<Approver> =
        people.iter().map(|one| Approver { org_id: one.org_id, user_id: one.user_id }).collect();
    let asker = (actor.org_id, actor.user_id, hats.as_slice());
    let hat = approvals::decider(&approvers, asker, claimed.order.placed_by, &[])?;
    may_approve([actor.user_id, hat.user_id], claimed.order.placed_by, row.proposed_by, answerer)?;
    row.approved_by = Some(actor.user_id);
    row.approved_for = Some(hat.user_id);
    row.approved_at = Some(tx.at());
    if verdict == Verdict::Approve {
        check::now(tx, &claimed, &lines)?;
        kept(hold(tx, actor, (&mut claimed, &mut row, was), &lines)?)?;
        tell(tx, &claimed.order, None, ("改价已通过审批，已生效。", "The higher price was approved and holds."))?;
        return Ok(row);
    }
    row.answer = reason.map(str::to_owned);
    row.ended_at = Some(tx.at());
    kept(store::save(tx, &row, was)?)?;
    let details = json!({ "price_change": row.id, "reason": reason });
    claimed.record(tx, Some(actor), "order.price_change_refused", details)?;
    tell(tx, &claimed.order, None, ("改价未通过采购方审批。", "The buyer's side did not approve the higher price."))?;
    Ok(row)
}

/// The side that proposed a change takes it back.
///
/// # Errors
/// `not_found`, `wrong_state`, also for the other side.
pub fn withdraw(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, change): (OrderId, PriceChangeId),
    reason: &str,
) -> Outcome<ChangeRow> {
    let claimed = claim(tx, actor, id)?;
    let (mut row, _) = find(tx, id, change)?;
    if row.side != side_of(actor) {
        return Err(PriceRefusal::NotProposer.into());
    }
    let was = row.state;
    row.state = next(was, PriceEvent::Withdraw)?;
    row.answer = Some(reason.to_owned());
    row.ended_at = Some(tx.at());
    kept(store::save(tx, &row, was)?)?;
    let details = json!({ "price_change": row.id, "reason": reason });
    claimed.record(tx, Some(actor), "order.price_change_withdrawn", details)?;
    tell(tx, &claimed.order, Some(row.side), ("对方撤回了改价。", "The other side withdrew the other prices."))?;
    Ok(row)
}

/// Writes to the side that did not act, or to both.
fn tell(tx: &mut Tx<'_>, order: &OrderRow, by: Option<DisputeSide>, (zh, en): (&str, &str)) -> Outcome<()> {
    let subject = ("订单改价", "Prices of an order");
    let message = Message::new(format!("订单 {}：{zh}", order.id), format!("Order {}: {en}", order.id));
    let text = (message.zh.as_str(), message.en.as_str());
    if by != Some(DisputeSide::Supplier) {
        identity::tell(tx, order.supplier_id, Role::Seller, subject, text)?;
    }
    if by != Some(DisputeSide::Buyer) {
        identity::tell(tx, order.buyer_id, Role::Trader, subject, text)?;
    }
    Ok(())
}
