//! What was called off from a framework agreement.

use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderId, OrderLineId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::time::At;
use crate::ordering::OrderState;
use crate::ordering::book::amounts;
use crate::ordering::rules::called::used;
use crate::ordering::store::call_offs::{self, CalledFrom};
use crate::platform::db::Read;

/// An order line that was called off.
#[derive(Debug, Clone)]
pub struct CalledOff {
    /// The order's line.
    pub line_id: OrderLineId,
    /// The order.
    pub order_id: OrderId,
    /// Its state.
    pub state: OrderState,
    /// When it was placed.
    pub placed_at: At,
    /// The unit whose count it is.
    pub unit_id: OrgId,
    /// The agreement's line.
    pub line_no: i64,
    /// What was ordered.
    pub quantity: Quantity,
    /// What it uses of the agreement.
    pub used: Quantity,
    /// The price at which it was called off.
    pub unit_price_fen: Fen,
}

/// What was called off from an agreement, oldest first. Who must not be overtaken by another call-off holds the agreement's
/// claim.
///
/// # Errors
/// When the database fails.
pub fn called_off(read: &mut Read, of: &CalledFrom) -> Outcome<Vec<CalledOff>> {
    let rows = call_offs::of_agreement(read, of)?;
    let called = rows.into_iter().map(|(row, order, line)| CalledOff {
        line_id: line.id,
        order_id: order.id,
        state: order.state,
        placed_at: order.placed_at,
        unit_id: row.unit_id,
        line_no: row.agreement_line_no,
        quantity: line.quantity,
        used: used(&amounts(&line), order.state.stands()),
        unit_price_fen: line.unit_price_fen,
    });
    Ok(called.collect())
}
