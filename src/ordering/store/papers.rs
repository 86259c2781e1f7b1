//! SQL of the papers of lots.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{FileId, LotPaperId, OrderId, OrderLineId, ShipmentId, UserId};
use crate::kernel::time::{At, Day};
use crate::ordering::rules::paper::PaperKind;
use crate::ordering::schema::delivery::lot_papers;
use crate::ordering::schema::shipments;
use crate::platform::db::{Read, Tx};
use diesel::dsl::insert_into;
use diesel::prelude::*;

/// A paper of a lot.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = lot_papers, treat_none_as_default_value = false)]
pub struct LotPaperRow {
    pub id: LotPaperId,
    pub shipment_id: ShipmentId,
    pub line_id: OrderLineId,
    pub lot: String,
    pub kind: PaperKind,
    pub number: String,
    pub issuer: String,
    pub issued_on: Day,
    pub expires_on: Option<Day>,
    pub file_id: FileId,
    pub recorded_at: At,
    pub recorded_by: UserId,
}

/// Records papers.
pub fn insert(tx: &mut Tx<'_>, rows: &[LotPaperRow]) -> Outcome<()> {
    if !rows.is_empty() {
        each!(tx, c => insert_into(lot_papers::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// The papers of an order's lots, oldest first.
pub fn of_order(on: &mut Read, order: OrderId) -> Outcome<Vec<LotPaperRow>> {
    Ok(each!(on, c => lot_papers::table.inner_join(shipments::table).filter(shipments::order_id.eq(order))
        .order((lot_papers::recorded_at, lot_papers::id)).select(LotPaperRow::as_select()).load(c))?)
}
