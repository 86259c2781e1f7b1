//! SQL of shipments, acceptances, returns and short closures.

use crate::kernel::error::Outcome;
use crate::kernel::ids::{AcceptanceId, OrderId, OrderLineId, OrgId, ReturnId, ShipmentId, ShortClosureId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::time::{At, Day};
use crate::ordering::schema::{
    acceptance_lines, acceptances, return_lines, returns, shipment_lines, shipments, short_closure_lines,
    short_closures,
};
use crate::platform::db::{Read, Tx};
use crate::{each, together};
use diesel::dsl::{insert_into, min};
use diesel::prelude::*;
use std::collections::BTreeMap;

/// A delivery note.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = shipments, treat_none_as_default_value = false)]
pub struct ShipmentRow {
    pub id: ShipmentId,
    pub order_id: OrderId,
    pub occurred_on: Day,
    pub recorded_at: At,
    pub shipped_by: UserId,
    pub carrier: Option<String>,
    pub tracking: Option<String>,
}

/// A lot of a line on a delivery note.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = shipment_lines, treat_none_as_default_value = false)]
pub struct ShipmentLineRow {
    pub shipment_id: ShipmentId,
    pub line_id: OrderLineId,
    pub lot: String,
    pub quantity: Quantity,
    pub weight_grams: i64,
    pub made_on: Option<Day>,
}

/// An acceptance.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = acceptances, treat_none_as_default_value = false)]
pub struct AcceptanceRow {
    pub id: AcceptanceId,
    pub order_id: OrderId,
    pub occurred_on: Day,
    pub recorded_at: At,
    pub accepted_by: UserId,
    pub second_by: Option<UserId>,
}

/// What was accepted and rejected of a line.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = acceptance_lines, treat_none_as_default_value = false)]
pub struct AcceptanceLineRow {
    pub acceptance_id: AcceptanceId,
    pub line_id: OrderLineId,
    pub accepted: Quantity,
    pub rejected: Quantity,
    pub reason: Option<String>,
    pub amount_fen: Fen,
}

/// A return of accepted goods.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = returns, treat_none_as_default_value = false)]
pub struct ReturnRow {
    pub id: ReturnId,
    pub order_id: OrderId,
    pub occurred_on: Day,
    pub recorded_at: At,
    pub returned_by: UserId,
    pub reason: String,
}

/// What went back of a line.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = return_lines, treat_none_as_default_value = false)]
pub struct ReturnLineRow {
    pub return_id: ReturnId,
    pub line_id: OrderLineId,
    pub quantity: Quantity,
    pub amount_fen: Fen,
}

/// A short closure.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = short_closures, treat_none_as_default_value = false)]
pub struct ShortClosureRow {
    pub id: ShortClosureId,
    pub order_id: OrderId,
    pub occurred_on: Day,
    pub recorded_at: At,
    pub closed_by: UserId,
    pub closed_by_org: OrgId,
    pub reason: String,
}

/// What will not come of a line.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = short_closure_lines, treat_none_as_default_value = false)]
pub struct ShortClosureLineRow {
    pub closure_id: ShortClosureId,
    pub line_id: OrderLineId,
    pub quantity: Quantity,
}

/// Records a shipment.
pub fn insert_shipment(tx: &mut Tx<'_>, fact: &ShipmentRow, lines: &[ShipmentLineRow]) -> Outcome<()> {
    Ok(together!(tx, insert_into(shipments::table).values(fact), insert_into(shipment_lines::table).values(lines))?)
}

/// An order's shipments with their lines, oldest first.
pub fn shipments(on: &mut Read, order: OrderId) -> Outcome<Vec<(ShipmentRow, ShipmentLineRow)>> {
    Ok(each!(on, c => shipments::table.inner_join(shipment_lines::table).filter(shipments::order_id.eq(order))
        .order((shipments::recorded_at, shipments::id, shipment_lines::line_id)).select((ShipmentRow::as_select(), ShipmentLineRow::as_select())).load(c))?)
}

/// Records an acceptance.
pub fn insert_acceptance(tx: &mut Tx<'_>, fact: &AcceptanceRow, lines: &[AcceptanceLineRow]) -> Outcome<()> {
    Ok(together!(tx, insert_into(acceptances::table).values(fact), insert_into(acceptance_lines::table).values(lines))?)
}

/// An order's acceptances with their lines, oldest first.
pub fn acceptances(on: &mut Read, order: OrderId) -> Outcome<Vec<(AcceptanceRow, AcceptanceLineRow)>> {
    Ok(each!(on, c => acceptances::table.inner_join(acceptance_lines::table).filter(acceptances::order_id.eq(order))
        .order((acceptances::recorded_at, acceptances::id, acceptance_lines::line_id)).select((AcceptanceRow::as_select(), AcceptanceLineRow::as_select())).load(c))?)
}

/// Orders named in one statement.
const NAMED: usize = 500;

/// On which days goods first came, by their papers.
#[derive(Debug, Clone, Copy, Default)]
pub struct FirstDays {
    /// The first acceptance.
    pub accepted: Option<Day>,
    /// The first delivery.
    pub shipped: Option<Day>,
}

/// When each order's goods first came; orders of which nothing came are left out.
pub fn first_days(on: &mut Read, orders: &[OrderId]) -> Outcome<BTreeMap<OrderId, FirstDays>> {
    let mut first: BTreeMap<OrderId, FirstDays> = BTreeMap::new();
    for part in orders.chunks(NAMED) {
        let accepted: Vec<(OrderId, Option<Day>)> = each!(on, c => acceptances::table.filter(acceptances::order_id.eq_any(part))
            .group_by(acceptances::order_id).select((acceptances::order_id, min(acceptances::occurred_on))).load(c))?;
        let shipped: Vec<(OrderId, Option<Day>)> = each!(on, c => shipments::table.filter(shipments::order_id.eq_any(part))
            .group_by(shipments::order_id).select((shipments::order_id, min(shipments::occurred_on))).load(c))?;
        for (order, day) in accepted {
            first.entry(order).or_default().accepted = day;
        }
        for (order, day) in shipped {
            first.entry(order).or_default().shipped = day;
        }
    }
    Ok(first)
}

/// Records a return.
pub fn insert_return(tx: &mut Tx<'_>, fact: &ReturnRow, lines: &[ReturnLineRow]) -> Outcome<()> {
    Ok(together!(tx, insert_into(returns::table).values(fact), insert_into(return_lines::table).values(lines))?)
}

/// An order's returns with their lines, oldest first.
pub fn returns(on: &mut Read, order: OrderId) -> Outcome<Vec<(ReturnRow, ReturnLineRow)>> {
    Ok(each!(on, c => returns::table.inner_join(return_lines::table).filter(returns::order_id.eq(order))
        .order((returns::recorded_at, returns::id, return_lines::line_id)).select((ReturnRow::as_select(), ReturnLineRow::as_select())).load(c))?)
}

/// Records a short closure.
pub fn insert_short_closure(tx: &mut Tx<'_>, fact: &ShortClosureRow, lines: &[ShortClosureLineRow]) -> Outcome<()> {
    Ok(together!(
        tx,
        insert_into(short_closures::table).values(fact),
        insert_into(short_closure_lines::table).values(lines)
    )?)
}

/// An order's short closures with their lines, oldest first.
pub fn short_closures(on: &mut Read, order: OrderId) -> Outcome<Vec<(ShortClosureRow, ShortClosureLineRow)>> {
    Ok(
        each!(on, c => short_closures::table.inner_join(short_closure_lines::table).filter(short_closures::order_id.eq(order))
        .order((short_closures::recorded_at, short_closures::id, short_closure_lines::line_id)).select((ShortClosureRow::as_select(), ShortClosureLineRow::as_select())).load(c))?,
    )
}
