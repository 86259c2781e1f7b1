//! SQL of the approvals that orders wait for.

use super::orders::OrderRow;
use super::tasks::Asked;
use crate::approvals::Verdict;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{ApprovalChainId, ApprovalDelegationId, ApprovalId, OrderId, OrgId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::time::{At, Day};
use crate::ordering::rules::order::OrderState;
use crate::ordering::schema::approvals::{
    order_approval_plans as plans, order_approvals as approvals, order_approvers as approvers,
};
use crate::ordering::schema::orders;
use crate::platform::db::{Read, Tx};
use diesel::dsl::{exists, insert_into, not, update};
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// Rows of one INSERT: below what either database binds in a statement.
const INSERTED: usize = 500;

/// What an order froze of its chain, and which step is open since which day; after the last step the one behind it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = plans, treat_none_as_default_value = false)]
pub struct PlanRow {
    pub order_id: OrderId,
    pub chain_id: Option<ApprovalChainId>,
    pub amount_fen: Fen,
    pub needed: String,
    pub step: i64,
    pub opened_on: Day,
}

/// Who may take a step.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = approvers, treat_none_as_default_value = false)]
pub struct ApproverRow {
    pub order_id: OrderId,
    pub step: i64,
    pub place: i64,
    pub org_id: OrgId,
    pub user_id: Option<UserId>,
}

/// A decision.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = approvals, treat_none_as_default_value = false)]
pub struct ApprovalRow {
    pub id: ApprovalId,
    pub order_id: OrderId,
    pub step: i64,
    pub verdict: Verdict,
    pub reason: Option<String>,
    pub decided_by: UserId,
    pub decided_org: OrgId,
    pub for_user: UserId,
    pub delegation_id: Option<ApprovalDelegationId>,
    pub decided_at: At,
}

/// Freezes what an order needs; after the order itself.
pub fn freeze(tx: &mut Tx<'_>, frozen: &[PlanRow], people: &[ApproverRow]) -> Outcome<()> {
    each!(tx, c => insert_into(plans::table).values(frozen).execute(c))?;
    for part in people.chunks(INSERTED) {
        each!(tx, c => insert_into(approvers::table).values(part).execute(c))?;
    }
    Ok(())
}

/// What an order froze.
pub fn plan(on: &mut Read, order: OrderId) -> Outcome<Option<PlanRow>> {
    Ok(each!(on, c => plans::table.find(order).select(PlanRow::as_select()).first(c).optional())?)
}

/// Who may take which step of an order.
pub fn approvers(on: &mut Read, order: OrderId) -> Outcome<Vec<ApproverRow>> {
    Ok(each!(on, c => approvers::table.filter(approvers::order_id.eq(order)).order((approvers::step, approvers::place))
        .select(ApproverRow::as_select()).load(c))?)
}

/// What was decided of an order, oldest first.
pub fn decisions(on: &mut Read, order: OrderId) -> Outcome<Vec<ApprovalRow>> {
    Ok(each!(on, c => approvals::table.filter(approvals::order_id.eq(order)).order((approvals::step, approvals::id))
        .select(ApprovalRow::as_select()).load(c))?)
}

/// Records a decision; under the order's claim.
pub fn insert(tx: &mut Tx<'_>, row: &ApprovalRow) -> Outcome<()> {
    each!(tx, c => insert_into(approvals::table).values(row).execute(c))?;
    Ok(())
}

/// Opens a step; under the order's claim.
pub fn open(tx: &mut Tx<'_>, order: OrderId, step: i64, day: Day) -> Outcome<()> {
    each!(tx, c => update(plans::table.find(order)).set((plans::step.eq(step), plans::opened_on.eq(day))).execute(c))?;
    Ok(())
}

/// Orders of which a step waits for one whose decision it would be, made by the person who asks; the longest waiting first.
pub fn waiting_for(
    on: &mut Read,
    (whose, manager): (UserId, bool),
    asked: &Asked,
    most: i64,
) -> Outcome<Vec<OrderRow>> {
    let Asked { org, person, since, after, inclusive, .. } = *asked;
    Ok(each!(on, c => {
        let named = approvers::table.filter(approvers::order_id.eq(orders::id)).filter(approvers::step.eq(plans::step))
            .filter(approvers::org_id.eq(org))
            .filter(approvers::user_id.is_null().and(manager.into_sql::<Bool>()).or(approvers::user_id.eq(Some(whose))));
        let decided = approvals::table.filter(approvals::order_id.eq(orders::id)).filter(approvals::step.eq(plans::step))
            .filter(approvals::decided_by.eq(person).or(approvals::for_user.eq(whose)));
        let mut query = orders::table.inner_join(plans::table).select(OrderRow::as_select()).into_boxed()
            .filter(orders::state.eq(OrderState::AwaitingApproval)).filter(orders::placed_by.ne(person))
            .filter(orders::placed_by.ne(whose)).filter(exists(named)).filter(not(exists(decided)))
            .filter(orders::placed_at.ge(since));
        if let Some(id) = after.map(OrderId) {
            query = query.filter(orders::placed_at.gt(since).or(orders::id.gt(id)));
        } else if !inclusive {
            query = query.filter(orders::placed_at.gt(since));
        }
        query.order((orders::placed_at, orders::id)).limit(most).load(c)
    })?)
}
