//! An order that is called off from a framework agreement: the agreed prices in place of the listings', and what each line
//! takes of the agreement.

use super::NewOrder;
use crate::catalogue::Offer;
use crate::kernel::error::Outcome;
use crate::kernel::money::Fen;
use crate::ordering::store::call_offs::{self, CallOffRow};
use crate::ordering::store::orders::{LineRow, OrderRow};
use crate::ordering::terms::AgreementTerms;
use crate::platform::db::Tx;

/// What an order is called off from.
#[derive(Debug, Clone)]
pub struct CallOff {
    /// The agreement, as the order freezes it.
    pub agreement: AgreementTerms,
    /// For each line of the order: the agreement's line and the agreed price. Lines of one listing have one price.
    pub lines: Vec<(i64, Fen)>,
}

/// Lets the agreed prices stand in the place of the listings'.
pub fn agree(call_off: Option<&CallOff>, new: &NewOrder, offers: &mut [Offer]) {
    let Some(call_off) = call_off else { return };
    for (line, (_, price)) in new.lines.iter().zip(&call_off.lines) {
        if let Some(offer) = offers.iter_mut().find(|offer| offer.listing_id == line.listing_id) {
            offer.price_fen = *price;
        }
    }
}

/// Enters what the lines take of the agreement; `lines` stand in the order of the request.
pub fn enter(tx: &mut Tx<'_>, call_off: Option<&CallOff>, orders: &[OrderRow], lines: &[LineRow]) -> Outcome<()> {
    let (Some(call_off), Some(order)) = (call_off, orders.first()) else { return Ok(()) };
    let row = |(line, (line_no, _)): (&LineRow, &(i64, Fen))| CallOffRow {
        line_id: line.id,
        order_id: line.order_id,
        agreement_id: call_off.agreement.id,
        agreement_line_no: *line_no,
        unit_id: order.unit_id,
    };
    call_offs::insert(tx, lines.iter().zip(&call_off.lines).map(row).collect())
}
