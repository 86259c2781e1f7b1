//! SQL of shipments, acceptances, returns and short closures.

use crate::kernel::ids::{AcceptanceId, OrderId, OrderLineId, OrgId, ReturnId, ShipmentId, ShortClosureId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::time::{At, Day};
use crate::ordering::schema::{
    acceptance_lines, acceptances, return_lines, returns, shipment_lines, shipments, short_closure_lines,
    short_closures,
};
use diesel::prelude::*;

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
