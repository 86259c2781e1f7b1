//! SQL of lists of orders, each within what the asking party may see.

use super::orders::{GroupRow, OrderRow};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderGroupId, OrderId, OrgId};
use crate::kernel::terms::Fund;
use crate::kernel::time::At;
use crate::ordering::rules::order::OrderState;
use crate::ordering::schema::{order_groups, orders};
use crate::platform::db::Read;
use diesel::prelude::*;

/// Which orders a finder reaches: a scope, seen from one side.
#[derive(Debug, Clone)]
pub enum Reach {
    /// All.
    Everything,
    /// Units of a region: codes from the first, below the second.
    UnitsIn((String, String)),
    /// Suppliers of a region.
    SuppliersIn((String, String)),
    /// Units of a tree, and what its root orders or pays for others.
    Tree(OrgId, Vec<OrgId>),
    /// Ordered, counted or paid by an organisation.
    BoughtBy(OrgId),
    /// Sold by an organisation.
    SoldBy(OrgId),
}

/// What a list of orders is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Narrow {
    pub state: Option<OrderState>,
    pub updated_after: Option<At>,
    pub client_ref: Option<String>,
}

/// Orders within reach, the latest change first.
pub fn orders(
    on: &mut Read,
    reach: &Reach,
    narrow: &Narrow,
    after: Option<(i64, OrderId)>,
    most: i64,
) -> Outcome<Vec<OrderRow>> {
    Ok(each!(on, c => {
        let mut query = orders::table.select(OrderRow::as_select()).into_boxed();
        match reach {
            Reach::Everything => {}
            Reach::UnitsIn((from, to)) => query = query.filter(orders::unit_region.ge(from)).filter(orders::unit_region.lt(to)),
            Reach::SuppliersIn((from, to)) => {
                query = query.filter(orders::supplier_region.ge(from)).filter(orders::supplier_region.lt(to))
                    .filter(orders::state.ne_all(OrderState::UNTOLD));
            }
            Reach::Tree(root, units) => {
                query = query.filter(orders::unit_id.eq_any(units).or(orders::buyer_id.eq(root)).or(orders::payer_id.eq(root)));
            }
            Reach::BoughtBy(org) => {
                query = query.filter(orders::buyer_id.eq(org).or(orders::unit_id.eq(org)).or(orders::payer_id.eq(org)));
            }
            Reach::SoldBy(org) => {
                query = query.filter(orders::supplier_id.eq(org)).filter(orders::state.ne_all(OrderState::UNTOLD));
            }
        }
        if let Some(state) = narrow.state {
            query = query.filter(orders::state.eq(state));
        }
        if let Some(moment) = narrow.updated_after {
            query = query.filter(orders::updated_at.gt(moment));
        }
        if let Some(client_ref) = &narrow.client_ref {
            let named = order_groups::table.filter(order_groups::client_ref.eq(client_ref)).select(order_groups::id);
            query = query.filter(orders::group_id.eq_any(named));
        }
        if let Some((at, id)) = after {
            let at = At(at);
            query = query.filter(orders::updated_at.le(at))
                .filter(orders::updated_at.lt(at).or(orders::updated_at.eq(at).and(orders::id.lt(id))));
        }
        query.order((orders::updated_at.desc(), orders::id.desc())).limit(most).load(c)
    })?)
}

/// An order, for the reader to judge whether the caller may see it.
pub fn order(on: &mut Read, id: OrderId) -> Outcome<Option<OrderRow>> {
    Ok(each!(on, c => orders::table.find(id).select(OrderRow::as_select()).first(c).optional())?)
}

/// A group.
pub fn group(on: &mut Read, id: OrderGroupId) -> Outcome<Option<GroupRow>> {
    Ok(each!(on, c => order_groups::table.find(id).select(GroupRow::as_select()).first(c).optional())?)
}

/// The orders of a group, in the order of their ids.
pub fn orders_of(on: &mut Read, group: OrderGroupId) -> Outcome<Vec<OrderRow>> {
    Ok(each!(on, c => orders::table.filter(orders::group_id.eq(group)).order(orders::id)
        .select(OrderRow::as_select()).load(c))?)
}

/// Orders of a unit, from money that counts to a plan, that stand and are not completed; the oldest first.
pub fn incomplete(on: &mut Read, unit: OrgId, most: i64) -> Outcome<Vec<OrderRow>> {
    let (states, funds) = (OrderState::STANDING, [Fund::Canteen, Fund::Union, Fund::Personal]);
    Ok(each!(on, c => orders::table.filter(orders::unit_id.eq(unit)).filter(orders::completed_year.is_null())
        .filter(orders::state.eq_any(states)).filter(orders::fund.eq_any(funds))
        .order((orders::placed_at, orders::id)).limit(most).select(OrderRow::as_select()).load(c))?)
}
