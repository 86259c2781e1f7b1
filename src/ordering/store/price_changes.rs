//! SQL of changes of prices.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderId, OrgId, PriceChangeId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::time::At;
use crate::ordering::rules::dispute::DisputeSide;
use crate::ordering::rules::price_change::PriceChangeState;
use crate::ordering::schema::orders;
use crate::ordering::schema::price_changes::{
    order_price_change_approvers as approvers, order_price_change_lines as lines, order_price_changes as changes,
};
use crate::ordering::store::orders::OrderRow;
use crate::ordering::store::tasks::Asked;
use crate::platform::db::{Read, Tx};
use diesel::dsl::{exists, insert_into, select, update};
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// A change of prices.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = changes, treat_none_as_default_value = false)]
pub struct ChangeRow {
    pub id: PriceChangeId,
    pub order_id: OrderId,
    pub side: DisputeSide,
    pub proposed_by: UserId,
    pub proposed_org: OrgId,
    pub proposed_at: At,
    pub reason: String,
    pub state: PriceChangeState,
    pub answered_by: Option<UserId>,
    pub answered_at: Option<At>,
    pub answer: Option<String>,
    pub approved_by: Option<UserId>,
    pub approved_for: Option<UserId>,
    pub approved_at: Option<At>,
    pub ended_at: Option<At>,
}

/// What it is to change of a line.
#[derive(Debug, Clone, Copy, Queryable, Selectable, Insertable)]
#[diesel(table_name = lines, treat_none_as_default_value = false)]
pub struct ChangeLineRow {
    pub change_id: PriceChangeId,
    pub line_no: i64,
    pub before_fen: Option<Fen>,
    pub unit_price_fen: Option<Fen>,
    pub allowance_fen: Option<Fen>,
}

/// Who may approve it: a person, or without one any manager.
#[derive(Debug, Clone, Copy, Queryable, Selectable, Insertable)]
#[diesel(table_name = approvers, treat_none_as_default_value = false)]
pub struct ChangeApproverRow {
    pub change_id: PriceChangeId,
    pub place: i64,
    pub org_id: OrgId,
    pub user_id: Option<UserId>,
}

/// States of changes that wait for somebody.
pub const WAITING: [PriceChangeState; 2] = [PriceChangeState::Open, PriceChangeState::Approving];

/// Records a proposal.
pub fn insert(tx: &mut Tx<'_>, row: &ChangeRow, of: &[ChangeLineRow]) -> Outcome<()> {
    each!(tx, c => insert_into(changes::table).values(row).execute(c))?;
    each!(tx, c => insert_into(lines::table).values(of).execute(c))?;
    Ok(())
}

/// Records who may approve it.
pub fn insert_approvers(tx: &mut Tx<'_>, rows: &[ChangeApproverRow]) -> Outcome<()> {
    each!(tx, c => insert_into(approvers::table).values(rows).execute(c))?;
    Ok(())
}

/// One of an order's.
pub fn find(on: &mut Read, order: OrderId, id: PriceChangeId) -> Outcome<Option<ChangeRow>> {
    Ok(each!(on, c => changes::table.find(id).filter(changes::order_id.eq(order)).select(ChangeRow::as_select())
        .first(c).optional())?)
}

/// The one of an order that waits for somebody.
pub fn waiting(on: &mut Read, order: OrderId) -> Outcome<Option<ChangeRow>> {
    Ok(each!(on, c => changes::table.filter(changes::order_id.eq(order)).filter(changes::state.eq_any(WAITING))
        .select(ChangeRow::as_select()).first(c).optional())?)
}

/// An order's changes, oldest first.
pub fn of_order(on: &mut Read, order: OrderId) -> Outcome<Vec<ChangeRow>> {
    Ok(each!(on, c => changes::table.filter(changes::order_id.eq(order)).order(changes::id)
        .select(ChangeRow::as_select()).load(c))?)
}

/// What an order's changes are to change, oldest first.
pub fn lines_of_order(on: &mut Read, order: OrderId) -> Outcome<Vec<ChangeLineRow>> {
    Ok(each!(on, c => lines::table.inner_join(changes::table).filter(changes::order_id.eq(order))
        .order((lines::change_id, lines::line_no)).select(ChangeLineRow::as_select()).load(c))?)
}

/// Who may approve a change.
pub fn approvers_of(on: &mut Read, id: PriceChangeId) -> Outcome<Vec<ChangeApproverRow>> {
    Ok(each!(on, c => approvers::table.filter(approvers::change_id.eq(id)).order(approvers::place)
        .select(ChangeApproverRow::as_select()).load(c))?)
}

/// Whether people of an organisation may approve a change of an order.
pub fn approves(on: &mut Read, order: OrderId, org: OrgId) -> Outcome<bool> {
    let own = approvers::table.inner_join(changes::table).filter(changes::order_id.eq(order));
    Ok(each!(on, c => select(exists(own.filter(approvers::org_id.eq(org)))).get_result(c))?)
}

/// Stores what became of a change; whether it stood as it was read.
pub fn save(tx: &mut Tx<'_>, row: &ChangeRow, was: PriceChangeState) -> Outcome<bool> {
    let saved = each!(tx, c => update(changes::table.find(row.id).filter(changes::state.eq(was)))
        .set((changes::state.eq(row.state), changes::answered_by.eq(row.answered_by), changes::answered_at.eq(row.answered_at),
            changes::answer.eq(&row.answer), changes::approved_by.eq(row.approved_by), changes::approved_for.eq(row.approved_for),
            changes::approved_at.eq(row.approved_at), changes::ended_at.eq(row.ended_at))).execute(c))?;
    Ok(saved == 1)
}

/// Orders of which a higher price waits for one whose approval it would be, given by the person who asks; the longest waiting first.
pub fn waiting_for(
    on: &mut Read,
    (whose, manager): (UserId, bool),
    asked: &Asked,
    most: i64,
) -> Outcome<Vec<OrderRow>> {
    let Asked { org, person, since, after, inclusive, .. } = *asked;
    let two = [whose, person];
    Ok(each!(on, c => {
        let named = approvers::table.inner_join(changes::table).filter(changes::order_id.eq(orders::id))
            .filter(changes::state.eq(PriceChangeState::Approving)).filter(approvers::org_id.eq(org))
            .filter(approvers::user_id.is_null().and(manager.into_sql::<Bool>()).or(approvers::user_id.eq(Some(whose))))
            .filter(changes::proposed_by.ne_all(two)).filter(changes::answered_by.ne_all(two.map(Some)));
        let mut query = orders::table.select(OrderRow::as_select()).into_boxed()
            .filter(orders::placed_by.ne_all(two)).filter(exists(named)).filter(orders::placed_at.ge(since));
        if let Some(id) = after.map(OrderId) {
            query = query.filter(orders::placed_at.gt(since).or(orders::id.gt(id)));
        } else if !inclusive {
            query = query.filter(orders::placed_at.gt(since));
        }
        query.order((orders::placed_at, orders::id)).limit(most).load(c)
    })?)
}
