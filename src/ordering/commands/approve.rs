//! Approving and rejecting orders that wait for it. The supplier knows nothing of an order before the last approval; then it
//! is placed, and the time to confirm runs from that day.

use super::claimed::Claimed;
use super::confirm::release_all;
use crate::approvals::{self, Approver, Hat, Verdict};
use crate::audit;
use crate::catalogue;
use crate::identity;
use crate::kernel::actor::{Actor, Role};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{OrderId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::time::Day;
use crate::notifications::{self, Both};
use crate::ordering::rules::approval::{Leads, leads};
use crate::ordering::rules::order::{Event, in_time, next};
use crate::ordering::store::approvals::{self as store, ApprovalRow, ApproverRow, PlanRow};
use crate::ordering::store::lists;
use crate::ordering::store::orders::{self, OrderRow, Side};
use crate::ordering::terms::{self, FrozenRule, Terms};
use crate::platform::db::Tx;
use crate::regions;
use crate::rulebook::RuleName;
use serde_json::json;

/// What an approver decides.
#[derive(Debug, Clone)]
pub struct NewDecision {
    /// What.
    pub verdict: Verdict,
    /// Why; a rejection says so.
    pub reason: Option<String>,
}

/// Decides in the open step of an order, as oneself or in the place of who delegated it.
///
/// # Errors
/// `not_found` for who has nothing to do with the order; `wrong_state`; `expired` at the deadline and after it;
/// `separation_of_duties` for who ordered, `forbidden` for who the step does not name, `already_exists` for a second decision;
/// under the rule `recheck` at the last approval what placing refuses, with `line_no`.
pub fn decide(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, new: &NewDecision) -> Outcome<OrderRow> {
    let people = store::approvers(tx, id)?;
    known(tx, actor, id, &people)?;
    let reason = new.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    if new.verdict == Verdict::Reject && reason.is_none() {
        let message = Message::new("驳回须写明理由", "a rejection says why");
        return Err(AppError::field(Code::ValidationFailed, "/reason", message));
    }
    let claimed = Claimed::claim(tx, Side::Program, id)?;
    next(claimed.order.state, Event::Approve)?;
    in_time(tx.at(), claimed.order.confirm_by)
        .map_err(|_| AppError::new(Code::Expired).detail("审批期限已过", "The time to approve this order is over"))?;
    let plan = store::plan(tx, id)?.ok_or_else(|| AppError::internal(format!("{id} waits for nobody")))?;
    let today = tx.at().day();
    let hats = approvals::hats(tx, actor.user_id, actor.org_id, today)?;
    let decided: Vec<ApprovalRow> = store::decisions(tx, id)?.into_iter().filter(|row| row.step == plan.step).collect();
    let pairs: Vec<_> = decided.iter().map(|row| (row.decided_by, row.for_user)).collect();
    let asker = (actor.org_id, actor.user_id, hats.as_slice());
    let hat = approvals::decider(&of_step(&people, plan.step), asker, claimed.order.placed_by, &pairs)?;
    let row = ApprovalRow {
        id: tx.new_id(),
        order_id: id,
        step: plan.step,
        verdict: new.verdict,
        reason: reason.map(str::to_owned),
        decided_by: actor.user_id,
        decided_org: actor.org_id,
        for_user: hat.user_id,
        delegation_id: hat.delegation,
        decided_at: tx.at(),
    };
    store::insert(tx, &row)?;
    let needed: Vec<i64> = serde_json::from_str(&plan.needed).map_err(AppError::internal)?;
    let approvals = i64::try_from(decided.len() + 1).unwrap_or(i64::MAX);
    let mut decision = Decision { actor, plan: &plan, people: &people, hat, reason, claimed };
    match leads(&needed, plan.step, new.verdict == Verdict::Approve, approvals) {
        Leads::Waits => {
            decision.record(tx, "order.approved")?;
            orders::save(tx, &decision.claimed.order)?;
        }
        Leads::Opens(step) => decision.open(tx, step)?,
        Leads::Done => decision.place(tx)?,
        Leads::Ends => decision.end(tx)?,
    }
    Ok(decision.claimed.order)
}

/// Whoever orders, counts, pays or approves an order knows of it.
fn known(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, people: &[ApproverRow]) -> Outcome<()> {
    let order = lists::order(tx, id)?.ok_or(Code::NotFound)?;
    let approves = people.iter().any(|one| one.org_id == actor.org_id);
    if approves || order.concerned().contains(&actor.org_id) { Ok(()) } else { Err(Code::NotFound.into()) }
}

fn of_step(people: &[ApproverRow], step: i64) -> Vec<Approver> {
    let own = people.iter().filter(|one| one.step == step);
    own.map(|one| Approver { org_id: one.org_id, user_id: one.user_id }).collect()
}

/// A decision on its way through an order.
struct Decision<'a> {
    actor: &'a Actor,
    plan: &'a PlanRow,
    people: &'a [ApproverRow],
    hat: Hat,
    reason: Option<&'a str>,
    claimed: Claimed,
}

impl Decision<'_> {
    /// Tells the trail, the buyer's side and all approvers; the supplier learns nothing of it.
    fn record(&self, tx: &mut Tx<'_>, action: &'static str) -> Outcome<()> {
        let order = &self.claimed.order;
        let details = json!({ "step": self.plan.step, "by": self.actor.user_id, "for": self.hat.user_id,
            "delegation": self.hat.delegation, "reason": self.reason });
        let entry = audit::Entry {
            actor: Some(self.actor),
            action,
            subject: order.id.to_string(),
            owner_org: order.buyer_id,
            other_org: None,
            region: order.unit_region,
            details,
        };
        let concerned: Vec<OrgId> =
            order.concerned().into_iter().chain(self.people.iter().map(|one| one.org_id)).collect();
        audit::record_for(tx, &[entry], &concerned)
    }

    /// A step, or the supplier's time, begins today: until when it lasts by the rule that the order froze.
    fn begin(&mut self, tx: &mut Tx<'_>, step: i64, rule: RuleName) -> Outcome<()> {
        let (order, today) = (&mut self.claimed.order, tx.at().day());
        let mut terms: Terms = terms::read(&order.terms)?;
        let days = terms.rule(rule.as_str()).map(FrozenRule::int).transpose()?;
        let days = days.ok_or_else(|| AppError::internal(format!("{} froze no {rule}", order.id)))?;
        let region = if rule == RuleName::ConfirmDays { order.supplier_region } else { order.unit_region };
        let found = regions::deadline_working_days(tx, &region, today, days)?;
        terms.confirm_by_provisional = found.provisional;
        order.confirm_by = Day::new(found.day).end();
        order.terms = terms::write(&terms)?;
        store::open(tx, order.id, step, today)?;
        orders::save(tx, order)?;
        orders::move_deadline(tx, order.id, order.confirm_by, &order.terms)
    }

    fn open(&mut self, tx: &mut Tx<'_>, step: i64) -> Outcome<()> {
        self.begin(tx, step, RuleName::ApprovalDays)?;
        self.record(tx, "order.approved")?;
        let order = &self.claimed.order;
        ask(tx, order, &of_step(self.people, step), (1, self.plan.amount_fen), last_day(order))
    }

    /// The last approval: the order is placed.
    fn place(&mut self, tx: &mut Tx<'_>) -> Outcome<()> {
        self.claimed.step(Event::Approve)?;
        self.recheck(tx)?;
        self.begin(tx, self.plan.step + 1, RuleName::ConfirmDays)?;
        self.record(tx, "order.approved")?;
        let order = &self.claimed.order;
        let details = json!({ "group": order.group_id, "ordered_fen": order.ordered_fen, "mode": order.mode, "fund": order.fund });
        self.claimed.record(tx, Some(self.actor), "order.placed", details)?;
        let id = order.id;
        let zh = format!("订单 {id} 已通过全部审批，现由供应商确认。");
        let en = format!("Order {id} was approved in all steps; its supplier is to confirm it now.");
        tell(tx, order, Both { zh: "订单已通过审批", en: "An order was approved" }, Both { zh: &zh, en: &en })
    }

    fn end(&mut self, tx: &mut Tx<'_>) -> Outcome<()> {
        self.claimed.step(Event::Reject)?;
        release_all(tx, &mut self.claimed, false)?;
        self.record(tx, "order.rejected")?;
        let (order, reason) = (&self.claimed.order, self.reason.unwrap_or_default());
        let id = order.id;
        let zh = format!("订单 {id} 审批被驳回：{reason}。占用的额度和库存已释放。");
        let en = format!("Order {id} was rejected: {reason}. What it held was released.");
        tell(tx, order, Both { zh: "订单审批被驳回", en: "An order was rejected" }, Both { zh: &zh, en: &en })
    }

    /// Asks again what placing asks, where the frozen rule says so; nothing of it changes before the transaction ends.
    fn recheck(&self, tx: &mut Tx<'_>) -> Outcome<()> {
        let terms: Terms = terms::read(&self.claimed.order.terms)?;
        if terms.rule(RuleName::ApprovalRecheck.as_str()).is_some_and(|rule| rule.value == "keep") {
            return Ok(());
        }
        let day = tx.at().day();
        let offers = catalogue::kept_offers(tx, &self.claimed.listings(), day)?;
        for line in &self.claimed.lines {
            let wrong = |error: AppError| error.with("line_no", line.line_no);
            let offer = offers.iter().find(|offer| offer.listing_id == line.listing_id);
            let offer = offer.ok_or_else(|| wrong(Code::ListingNotOnSale.into()))?;
            offer.orderable(day).map_err(wrong)?;
            // What was called off costs what was agreed, whatever the listing costs now.
            if terms.agreement.is_none() && offer.price_fen != line.unit_price_fen {
                let (was, now, name) = (line.unit_price_fen, offer.price_fen, &line.name);
                let zh = format!("“{name}”下单时 {was} 元，现价 {now} 元：可驳回后重新下单");
                let en = format!("\"{name}\" was ordered at {was} yuan and costs {now} now: reject it and order anew");
                return Err(wrong(AppError::new(Code::PriceChanged).detail(zh, en)));
            }
        }
        Ok(())
    }
}

/// The last day of the time that runs for an order.
pub(super) fn last_day(order: &OrderRow) -> Day {
    order.confirm_by.plus_ms(-1).day()
}

/// Mails who may take a step, also in another's place; one mail for orders of one request.
pub(super) fn ask(
    tx: &mut Tx<'_>,
    order: &OrderRow,
    approvers: &[Approver],
    (count, amount): (usize, Fen),
    until: Day,
) -> Outcome<()> {
    let today = tx.at().day();
    let (unit, id) = (identity::organisation(tx, order.unit_id)?.name, order.id);
    let (more_zh, more_en) = match count {
        1 => (String::new(), String::new()),
        _ => (format!("等 {count} 笔"), format!(" and others of its request, {count} in all,")),
    };
    let zh = format!("“{unit}”的订单 {id}{more_zh}（合计 {amount} 元）等待您审批，{until} 前未审批的失效。");
    let en = format!(
        "Order {id}{more_en} of {unit}, {amount} yuan with the rest of its request, waits for your approval until {until}, then it lapses."
    );
    let subject = Both { zh: "订单待审批", en: "An order waits for your approval" };
    for email in approvals::able(tx, approvers, order.placed_by, today)?.into_iter().filter_map(|one| one.email) {
        notifications::mail(tx, &email, subject, Both { zh: &zh, en: &en })?;
    }
    Ok(())
}

/// Tells who ordered.
pub(super) fn tell(tx: &mut Tx<'_>, order: &OrderRow, subject: Both<'_>, text: Both<'_>) -> Outcome<()> {
    for email in orderers(tx, order)? {
        notifications::mail(tx, &email, subject, text)?;
    }
    Ok(())
}

/// The address of who ordered; once that one has left, of those who order there.
fn orderers(tx: &mut Tx<'_>, order: &OrderRow) -> Outcome<Vec<String>> {
    let colleagues = identity::colleagues(tx, order.buyer_id)?;
    if let Some(own) = colleagues.iter().find(|one| one.user_id == order.placed_by) {
        return Ok(own.email.iter().cloned().collect());
    }
    let traders = colleagues.into_iter().filter(|one| one.roles.contains(&Role::Trader));
    Ok(traders.filter_map(|one| one.email).collect())
}
