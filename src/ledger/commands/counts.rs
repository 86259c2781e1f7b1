//! Appending what counts, where and when.

use super::super::store::{self, CountRow};
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{CountId, OrderId, OrderLineId, OrgId, UnitChangeId};
use crate::kernel::money::Fen;
use crate::kernel::terms::{Basis, Fund, LineStanding};
use crate::kernel::time::Day;
use crate::platform::db::Tx;

/// What counts, where and when; the single source of reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountEntry {
    /// Derived by the caller ([`super::count_id`]).
    pub id: CountId,
    /// On which facts the amount rests.
    pub basis: Basis,
    /// The order.
    pub order_id: OrderId,
    /// Its line.
    pub line_id: OrderLineId,
    /// To whom it counts.
    pub unit_id: OrgId,
    /// The unit-year to which it counts.
    pub year: i64,
    /// The fund.
    pub fund: Fund,
    /// Signed.
    pub amount_fen: Fen,
    /// The day to which it counts.
    pub day: Day,
    /// Whether it belongs to the closed year's numbered correction.
    pub correction: bool,
    /// What it counts as, as far as certificates of its line were annulled by then.
    pub standing: LineStanding,
    /// The change of units that moved it, where it is one half of such a pair.
    pub moved_by: Option<UnitChangeId>,
    /// As what the order was classified by then; 0 is as it was placed.
    pub class_no: i64,
    /// Whether it is one half of a pair that another classification wrote.
    pub reclassed: bool,
}

/// Appends counting entries; one that is there already with the same fields changes nothing.
///
/// # Errors
/// `transfer_exists_with_different_fields`.
pub fn count(tx: &mut Tx<'_>, entries: &[CountEntry]) -> Outcome<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let rows = count_rows(tx, entries);
    if store::count(tx, &rows)? == rows.len() {
        return Ok(());
    }
    let ids: Vec<CountId> = entries.iter().map(|entry| entry.id).collect();
    let stored = store::counts(tx, &ids)?;
    let same = |row: &CountRow| stored.iter().any(|there| *there == CountRow { at: there.at, ..row.clone() });
    if rows.iter().all(same) { Ok(()) } else { Err(Code::TransferExists.into()) }
}

/// Appends counting entries whose ids are derived from rows that this transaction creates: they go out with the other
/// writes.
///
/// # Errors
/// `already_exists` at the end of the transaction when an entry was there.
pub fn count_fresh(tx: &mut Tx<'_>, entries: &[CountEntry]) -> Outcome<()> {
    let rows = count_rows(tx, entries);
    if rows.is_empty() { Ok(()) } else { store::count_later(tx, rows) }
}

fn count_rows(tx: &Tx<'_>, entries: &[CountEntry]) -> Vec<CountRow> {
    let at = tx.at();
    let row = |entry: &CountEntry| CountRow {
        id: entry.id,
        basis: entry.basis,
        order_id: entry.order_id,
        line_id: entry.line_id,
        unit_id: entry.unit_id,
        year: entry.year,
        fund: entry.fund,
        amount_fen: entry.amount_fen,
        day: entry.day,
        month: entry.day.month(),
        correction: entry.correction,
        at,
        standing: entry.standing,
        moved_by: entry.moved_by,
        class_no: entry.class_no,
        reclassed: entry.reclassed,
    };
    entries.iter().map(row).collect()
}
