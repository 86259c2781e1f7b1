//! SQL of order groups, orders and lines.

use crate::kernel::ids::{ListingId, OrderGroupId, OrderId, OrderLineId, OrgId, ProductId, UserId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Category, Channel, Fund, Mode, Purpose};
use crate::kernel::time::{At, Day};
use crate::ordering::rules::order::OrderState;
use crate::ordering::schema::{order_groups, order_lines, orders};
use diesel::prelude::*;

/// One request's orders.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = order_groups, treat_none_as_default_value = false)]
pub struct GroupRow {
    pub id: OrderGroupId,
    pub buyer_org: OrgId,
    pub client_ref: Option<String>,
    pub placed_by: UserId,
    pub placed_at: At,
}

/// An order.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = orders, treat_none_as_default_value = false)]
pub struct OrderRow {
    pub id: OrderId,
    pub group_id: OrderGroupId,
    pub supplier_id: OrgId,
    pub supplier_region: RegionCode,
    pub buyer_id: OrgId,
    pub unit_id: OrgId,
    pub unit_region: RegionCode,
    pub payer_id: OrgId,
    pub fund: Fund,
    pub purpose: Purpose,
    pub mode: Mode,
    pub channel: Channel,
    pub beneficiary_id: Option<OrgId>,
    pub terms: String,
    pub state: OrderState,
    pub hold_year: i64,
    pub placed_at: At,
    pub placed_day: Day,
    pub placed_by: UserId,
    pub confirm_by: At,
    pub confirmed_at: Option<At>,
    pub closed_at: Option<At>,
    pub ordered_fen: Fen,
    pub freight_fen: Fen,
    pub accepted_fen: Fen,
    pub returned_fen: Fen,
    pub paid_fen: Fen,
    pub refunded_fen: Fen,
    pub rated_at: Option<At>,
    pub completed_year: Option<i64>,
    pub updated_at: At,
    pub version: i64,
}

/// A line: frozen at placement, and how far it has come.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = order_lines, treat_none_as_default_value = false)]
pub struct LineRow {
    pub id: OrderLineId,
    pub order_id: OrderId,
    pub line_no: i64,
    pub listing_id: ListingId,
    pub product_id: ProductId,
    pub name: String,
    pub unit: String,
    pub category: Category,
    pub supplier_county: RegionCode,
    pub origins: String,
    pub certificates: String,
    pub net_weight_grams: i64,
    pub weighed: bool,
    pub tolerance_ppm: Ppm,
    pub unit_price_fen: Fen,
    pub certified: bool,
    pub eligible: bool,
    pub qualifies: bool,
    pub delivery_no: i64,
    pub quantity: Quantity,
    pub shipped: Quantity,
    pub accepted: Quantity,
    pub rejected: Quantity,
    pub returned: Quantity,
    pub short_closed: Quantity,
    pub line_fen: Fen,
    pub held_fen: Fen,
    pub accepted_fen: Fen,
    pub returned_fen: Fen,
    pub closed: bool,
}
