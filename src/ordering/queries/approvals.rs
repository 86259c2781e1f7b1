//! What approvals an order needs and has.

use crate::approvals::{Approver, Verdict};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{ApprovalChainId, ApprovalDelegationId, ApprovalId, OrgId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::time::At;
use crate::ordering::OrderState;
use crate::ordering::store::approvals::{self as store, ApprovalRow};
use crate::ordering::store::orders::OrderRow;
use crate::ordering::store::price_changes;
use crate::platform::db::Read;
use serde::Serialize;
use utoipa::ToSchema;

/// What happens to an order before its supplier is told of it, as the trail calls it.
pub const INTERNAL: [&str; 3] = ["order.awaiting_approval", "order.approved", "order.rejected"];

/// The approvals of an order, as they were frozen at placement.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderApprovalsView {
    /// The edition of the unit's chain; none where only the rule table asks for an approval.
    pub chain_id: Option<ApprovalChainId>,
    /// What the whole request comes to, freight included; this amount decided.
    pub amount_fen: Fen,
    /// Which step waits, counted from 1; none when none does.
    pub open_step: Option<i64>,
    /// Until when it waits; then the order lapses.
    pub decide_by: Option<At>,
    /// The steps, in their order.
    pub steps: Vec<OrderApprovalStep>,
}

/// A step.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderApprovalStep {
    /// Its number.
    pub step: i64,
    /// How many must approve.
    pub needed: i64,
    /// Who may.
    pub approvers: Vec<Approver>,
    /// What was decided, oldest first.
    pub decisions: Vec<OrderApprovalView>,
}

/// A decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderApprovalView {
    /// Its id.
    pub id: ApprovalId,
    /// What.
    pub verdict: Verdict,
    /// Why.
    pub reason: Option<String>,
    /// Who; stored for ever.
    pub decided_by: UserId,
    /// For which organisation.
    pub decided_org: OrgId,
    /// In whose place; the same person when in nobody's.
    pub for_user_id: UserId,
    /// By which delegation.
    pub delegation_id: Option<ApprovalDelegationId>,
    /// When.
    pub decided_at: At,
}

impl From<ApprovalRow> for OrderApprovalView {
    fn from(row: ApprovalRow) -> OrderApprovalView {
        OrderApprovalView {
            id: row.id,
            verdict: row.verdict,
            reason: row.reason,
            decided_by: row.decided_by,
            decided_org: row.decided_org,
            for_user_id: row.for_user,
            delegation_id: row.delegation_id,
            decided_at: row.decided_at,
        }
    }
}

/// The approvals of an order; none where it needs none.
///
/// # Errors
/// When the database fails.
pub fn of_order(read: &mut Read, order: &OrderRow) -> Outcome<Option<OrderApprovalsView>> {
    let Some(plan) = store::plan(read, order.id)? else { return Ok(None) };
    let needed: Vec<i64> = serde_json::from_str(&plan.needed).map_err(AppError::internal)?;
    let (people, decided) = (store::approvers(read, order.id)?, store::decisions(read, order.id)?);
    let step = |(needed, step): (i64, i64)| OrderApprovalStep {
        step,
        needed,
        approvers: people
            .iter()
            .filter(|one| one.step == step)
            .map(|one| Approver { org_id: one.org_id, user_id: one.user_id })
            .collect(),
        decisions: decided.iter().filter(|row| row.step == step).cloned().map(OrderApprovalView::from).collect(),
    };
    let waits = order.state == OrderState::AwaitingApproval;
    Ok(Some(OrderApprovalsView {
        chain_id: plan.chain_id,
        amount_fen: plan.amount_fen,
        open_step: waits.then_some(plan.step),
        decide_by: waits.then_some(order.confirm_by),
        steps: needed.into_iter().zip(1..).map(step).collect(),
    }))
}

/// Whether an organisation's people approve an order, or a higher price of it.
///
/// # Errors
/// When the database fails.
pub fn approves(read: &mut Read, org: OrgId, order: &OrderRow) -> Outcome<bool> {
    let own = store::approvers(read, order.id)?.iter().any(|one| one.org_id == org);
    Ok(own || price_changes::approves(read, order.id, org)?)
}

/// What of an order's approvals does not fit its state: figure, as stored, as computed.
///
/// # Errors
/// When the database fails.
pub fn compare(read: &mut Read, order: &OrderRow) -> Outcome<Vec<super::verify_lines::Difference>> {
    let mut found = Vec::new();
    let Some(view) = of_order(read, order)? else {
        let beyond = matches!(
            order.state,
            OrderState::AwaitingApproval | OrderState::Rejected | OrderState::Lapsed | OrderState::Withdrawn
        );
        if beyond {
            found.push(("approvals".to_owned(), "none".to_owned(), format!("some, for it is {}", order.state)));
        }
        return Ok(found);
    };
    let given = |step: &OrderApprovalStep| {
        let approve = step.decisions.iter().filter(|one| one.verdict == Verdict::Approve).count();
        i64::try_from(approve).unwrap_or(i64::MAX)
    };
    let whole = view.steps.iter().all(|step| given(step) == step.needed);
    let rejected = view.steps.iter().any(|step| step.decisions.iter().any(|one| one.verdict == Verdict::Reject));
    if order.state.told() != whole || (order.state == OrderState::Rejected) != rejected {
        found.push(("state".to_owned(), order.state.to_string(), format!("approved {whole}, rejected {rejected}")));
    }
    if let Some(open) = view.open_step {
        let first = view.steps.iter().find(|step| given(step) < step.needed).map_or(0, |step| step.step);
        if first != open {
            found.push(("open step".to_owned(), open.to_string(), first.to_string()));
        }
    }
    Ok(found)
}
