//! Which approvals a request needs, and how its orders begin to wait for them.

use super::{NewOrder, Parties};
use crate::approvals::{self, Step};
use crate::audit;
use crate::kernel::actor::{Actor, OrgKind};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{ApprovalChainId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::time::Day;
use crate::ordering::commands::approve::{ask, last_day};
use crate::ordering::rules::order::OrderState;
use crate::ordering::store::approvals::{self as store, ApproverRow, PlanRow};
use crate::ordering::store::orders::OrderRow;
use crate::ordering::terms::{self, FrozenRule, Terms};
use crate::platform::db::Tx;
use crate::regions;
use crate::rulebook::{RuleName, Rules};
use serde_json::json;

/// What an order that needs approvals freezes of the rule table besides.
pub const RULES: [RuleName; 3] = [RuleName::ApprovalBandFen, RuleName::ApprovalDays, RuleName::ApprovalRecheck];

/// What the request needs.
pub struct Plan {
    /// The edition of the unit's chain, if it has one.
    chain: Option<ApprovalChainId>,
    /// What the whole request comes to, freight included: splitting it over suppliers evades nothing.
    amount: Fen,
    /// The steps; none when it needs no approval.
    pub steps: Vec<Step>,
}

/// Asks the unit's chain. The rule table's least amount binds budget units, whoever orders for them.
pub fn plan(
    tx: &mut Tx<'_>,
    (actor, new, parties): (&Actor, &NewOrder, &Parties),
    orders: &[OrderRow],
    rules: &Rules,
    day: Day,
) -> Outcome<Plan> {
    let mut amount = Fen::ZERO;
    for order in orders {
        amount = amount.plus(order.ordered_fen)?.plus(order.freight_fen)?;
    }
    // Others are ordered for by contractors and unions only, and they only for budget units.
    let bound = parties.unit != actor.org_id || actor.kind == OrgKind::BudgetUnit;
    let fund = Some(new.fund.as_str());
    let least = if bound { Fen::new(rules.int_for(RuleName::ApprovalBandFen, None, fund)?) } else { Fen::ZERO };
    let needed = approvals::needed(tx, parties.unit, day, (amount, new.fund, new.purpose), least)?;
    Ok(Plan { chain: needed.chain, amount, steps: needed.steps })
}

impl Plan {
    /// Lets the orders wait: their suppliers are not told, and the time that runs is that of the first step.
    ///
    /// # Errors
    /// `approvers_missing` when a step has not as many people as it needs, the orderer left aside.
    pub fn begin(
        &self,
        tx: &mut Tx<'_>,
        (actor, new): (&Actor, &NewOrder),
        orders: &mut [OrderRow],
        rules: &Rules,
    ) -> Outcome<()> {
        if self.steps.is_empty() {
            return Ok(());
        }
        if let Some(step) = approvals::lacking(tx, &self.steps, actor.user_id)? {
            let (zh, en) = (
                format!("第 {step} 步审批没有足够的审批人；下单人不得审批自己的订单"),
                format!("step {step} has not enough approvers; who orders does not approve"),
            );
            return Err(AppError::new(Code::ApproversMissing).detail(zh, en).with("step", step));
        }
        let (fund, day) = (Some(new.fund.as_str()), tx.at().day());
        let days = rules.int_for(RuleName::ApprovalDays, None, fund)?;
        let frozen = RULES.iter().filter_map(|name| rules.find(*name, None, fund)).map(|row| FrozenRule {
            name: row.name.as_str().to_owned(),
            rule_id: row.id,
            value: row.value.clone(),
        });
        let frozen: Vec<FrozenRule> = frozen.collect();
        for order in orders {
            let found = regions::deadline_working_days(tx, &order.unit_region, day, days)?;
            let mut terms: Terms = terms::read(&order.terms)?;
            terms.rules.extend(frozen.iter().cloned());
            terms.confirm_by_provisional = found.provisional;
            order.terms = terms::write(&terms)?;
            order.state = OrderState::AwaitingApproval;
            order.confirm_by = Day::new(found.day).end();
        }
        Ok(())
    }

    /// Freezes the steps on the stored orders, tells the trail, and asks those who may take the first step.
    pub fn freeze(&self, tx: &mut Tx<'_>, actor: &Actor, orders: &[OrderRow]) -> Outcome<()> {
        let Some(first) = self.steps.first() else { return Ok(()) };
        let needed: Vec<i64> = self.steps.iter().map(|step| step.needed).collect();
        let needed = serde_json::to_string(&needed).map_err(AppError::internal)?;
        let day = tx.at().day();
        let plan = |order: &OrderRow| PlanRow {
            order_id: order.id,
            chain_id: self.chain,
            amount_fen: self.amount,
            needed: needed.clone(),
            step: 1,
            opened_on: day,
        };
        let plans: Vec<PlanRow> = orders.iter().map(plan).collect();
        let people: Vec<ApproverRow> = orders.iter().flat_map(|order| self.people(order)).collect();
        store::freeze(tx, &plans, &people)?;
        self.announce(tx, actor, orders)?;
        let Some(order) = orders.first() else { return Ok(()) };
        ask(tx, order, &first.approvers, (orders.len(), self.amount), last_day(order))
    }

    fn people(&self, order: &OrderRow) -> Vec<ApproverRow> {
        let mut rows = Vec::new();
        for (step, no) in self.steps.iter().zip(1..) {
            rows.extend(step.approvers.iter().zip(1..).map(|(one, place)| ApproverRow {
                order_id: order.id,
                step: no,
                place,
                org_id: one.org_id,
                user_id: one.user_id,
            }));
        }
        rows
    }

    /// The supplier is told nothing.
    fn announce(&self, tx: &mut Tx<'_>, actor: &Actor, orders: &[OrderRow]) -> Outcome<()> {
        let entries: Vec<audit::Entry<'_>> = orders
            .iter()
            .map(|order| audit::Entry {
                actor: Some(actor),
                action: "order.awaiting_approval",
                subject: order.id.to_string(),
                owner_org: order.buyer_id,
                other_org: None,
                region: order.unit_region,
                details: json!({ "group": order.group_id, "ordered_fen": order.ordered_fen, "amount_fen": self.amount,
                    "steps": self.steps.len(), "until": last_day(order), "chain": self.chain }),
            })
            .collect();
        let approvers = self.steps.iter().flat_map(|step| step.approvers.iter().map(|one| one.org_id));
        let concerned: Vec<OrgId> = orders.iter().flat_map(OrderRow::concerned).chain(approvers).collect();
        audit::record_for(tx, &entries, &concerned)
    }
}
