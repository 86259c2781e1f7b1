//! The supplier ships: lots and quantities, for weighed goods the actual weight.

use super::claimed::Claimed;
use super::papers::{self, NewPaper};
use crate::catalogue;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{ListingId, OrderId, ShipmentId};
use crate::kernel::quantity::Quantity;
use crate::kernel::time::Day;
use crate::ordering::rules::order::{Event, fact_day};
use crate::ordering::store::facts::{self, ShipmentLineRow, ShipmentRow};
use crate::ordering::store::orders::{LineRow, OrderRow, Side};
use crate::platform::db::Tx;
use serde_json::json;
use std::collections::BTreeMap;

/// A shipment as the supplier tells it.
#[derive(Debug, Clone)]
pub struct NewShipment {
    /// The day of the delivery note; today when not stated.
    pub occurred_on: Option<Day>,
    /// Who carries.
    pub carrier: Option<String>,
    /// The carrier's number.
    pub tracking: Option<String>,
    /// What is in it.
    pub lines: Vec<ShippedLine>,
}

/// A lot of a line in a shipment.
#[derive(Debug, Clone)]
pub struct ShippedLine {
    /// The line.
    pub line_no: i64,
    /// The lot.
    pub lot: String,
    /// How much; for weighed goods by actual weight.
    pub quantity: Quantity,
    /// When the lot was made or harvested.
    pub made_on: Option<Day>,
    /// Its papers.
    pub papers: Vec<NewPaper>,
}

/// Ships goods of a confirmed order; the stock leaves.
///
/// # Errors
/// `not_found`, `wrong_state`, `quantity_exceeded`, `weight_out_of_tolerance`, `quantity_not_whole`, `out_of_stock`,
/// `certificate_not_current` for goods that are barred for food safety, `lot_papers_missing`, `validation_failed`.
pub fn ship(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, new: &NewShipment) -> Outcome<(ShipmentId, OrderRow)> {
    let mut claimed = Claimed::claim(tx, Side::Supplier(actor.org_id), id)?;
    claimed.step(Event::Ship)?;
    let today = tx.at().day();
    let occurred_on = fact_day(new.occurred_on.unwrap_or(today), claimed.order.placed_day, today)?;
    let fact = ShipmentRow {
        id: tx.new_id(),
        order_id: id,
        occurred_on,
        recorded_at: tx.at(),
        shipped_by: actor.user_id,
        carrier: new.carrier.clone(),
        tracking: new.tracking.clone(),
    };
    let rows = lots(&mut claimed, &fact, &new.lines)?;
    nothing_barred(tx, &claimed, new, today)?;
    let told: Vec<_> = new.lines.iter().zip(&rows).collect();
    let (lot_papers, asked) = papers::of_shipment(tx, actor, &claimed, &fact, &told)?;
    facts::insert_shipment(tx, &fact, &rows)?;
    papers::keep(tx, &claimed.order, &lot_papers)?;
    claimed.write(tx, &fact.id.to_string(), occurred_on, false)?;
    let details = json!({ "shipment": fact.id, "occurred_on": occurred_on, "lines": rows.len(),
        "papers": lot_papers.len(), "lot_papers_rules": asked });
    claimed.record(tx, Some(actor), "order.shipped", details)?;
    Ok((fact.id, claimed.order))
}

/// The lots of a shipment, which leave their lines; one error names all that are wrong, and every lot of a line of which too much
/// would leave.
fn lots(claimed: &mut Claimed, fact: &ShipmentRow, lines: &[ShippedLine]) -> Outcome<Vec<ShipmentLineRow>> {
    let (mut rows, mut faults) = (Vec::<ShipmentLineRow>::with_capacity(lines.len()), Vec::new());
    let mut shipped: BTreeMap<usize, (Quantity, Vec<usize>)> = BTreeMap::new();
    for (n, line) in lines.iter().enumerate() {
        let lot = claimed.find(line.line_no, "/line_no").and_then(|index| {
            let row = lot_row(fact, &claimed.lines[index], line)?;
            if rows.iter().any(|known| known.line_id == row.line_id && known.lot == row.lot) {
                let message = Message::new("同一批次只写一次", "name each lot of a line once");
                return Err(AppError::field(Code::ValidationFailed, "/lot", message));
            }
            let (sum, lots) = shipped.entry(index).or_default();
            *sum = sum.plus(line.quantity).map_err(|_| too_much())?;
            lots.push(n);
            Ok(row)
        });
        match lot {
            Ok(row) => rows.push(row),
            Err(fault) => faults.push(fault.below(&format!("/lines/{n}"))),
        }
    }
    for (index, (quantity, lots)) in shipped {
        let line_no = claimed.lines[index].line_no;
        if let Err(fault) = claimed.change(index, |line| line.ship(quantity).map_err(|refusal| refusal.at("/quantity")))
        {
            let fault = fault.with("line_no", line_no);
            faults.extend(lots.into_iter().map(|n| fault.clone().below(&format!("/lines/{n}"))));
        }
    }
    if faults.is_empty() { Ok(rows) } else { Err(AppError::several(faults)) }
}

fn too_much() -> AppError {
    let (zh, en) = Code::AmountTooLarge.titles();
    AppError::field(Code::AmountTooLarge, "/quantity", Message::new(zh, en))
}

/// What is barred for food safety stays where it is, though it was ordered before; a ruling at this very moment waits, or is
/// waited for.
fn nothing_barred(tx: &mut Tx<'_>, claimed: &Claimed, new: &NewShipment, today: Day) -> Outcome<()> {
    let barred: Vec<ListingId> = catalogue::kept_offers(tx, &claimed.listings(), today)?
        .into_iter()
        .filter(|offer| offer.barred)
        .map(|offer| offer.listing_id)
        .collect();
    for (n, shipped) in new.lines.iter().enumerate() {
        let line = claimed.lines.iter().find(|line| line.line_no == shipped.line_no);
        if line.is_some_and(|line| barred.contains(&line.listing_id)) {
            let message =
                Message::new("因食品安全被禁止销售，不得发货", "is barred for food safety and may not be shipped");
            return Err(AppError::field(Code::CertificateNotCurrent, format!("/lines/{n}/line_no"), message));
        }
    }
    Ok(())
}

fn lot_row(fact: &ShipmentRow, row: &LineRow, line: &ShippedLine) -> Outcome<ShipmentLineRow> {
    let grams = i128::from(line.quantity.milli()) * i128::from(row.net_weight_grams) / 1000;
    Ok(ShipmentLineRow {
        shipment_id: fact.id,
        line_id: row.id,
        lot: line.lot.clone(),
        quantity: line.quantity,
        weight_grams: i64::try_from(grams).map_err(|_| too_much())?,
        made_on: line.made_on,
    })
}
