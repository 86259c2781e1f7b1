//! SQL of orders that are open: confirmed, and not fully paid.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrgId;
use crate::kernel::region_code::RegionCode;
use crate::ordering::rules::order::OrderState;
use crate::ordering::schema::orders;
use crate::platform::db::Read;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// More is to be paid than was, by what was accepted and kept.
const UNPAID: &str = "orders.accepted_fen > orders.returned_fen
    AND orders.accepted_fen - orders.returned_fen + orders.freight_fen > orders.paid_fen - orders.refunded_fen";

/// The buying side of an open order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenParties {
    /// Who ordered.
    pub buyer: OrgId,
    /// Who pays.
    pub payer: OrgId,
    /// Where the unit is.
    pub region: RegionCode,
}

/// The buying sides of a supplier's open orders, one row for each order: goods are still to come, or to be paid.
pub fn parties(on: &mut Read, supplier: OrgId) -> Outcome<Vec<OpenParties>> {
    let rows: Vec<(OrgId, OrgId, RegionCode)> = each!(on, c => orders::table.filter(orders::supplier_id.eq(supplier))
        .filter(orders::state.eq(OrderState::Confirmed)
            .or(orders::state.eq(OrderState::Closed).and(sql::<Bool>(UNPAID))))
        .order(orders::id).select((orders::buyer_id, orders::payer_id, orders::unit_region)).load(c))?;
    Ok(rows.into_iter().map(|(buyer, payer, region)| OpenParties { buyer, payer, region }).collect())
}
