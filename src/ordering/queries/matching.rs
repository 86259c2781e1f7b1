//! 三单匹配: order, receipt and invoice of an order, line by line.

use super::visible;
use crate::kernel::actor::Actor;
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrderId;
use crate::kernel::money::Fen;
use crate::kernel::time::Day;
use crate::ordering::rules::matching::{LineAmounts, MatchingDifference, differences};
use crate::ordering::rules::money::freight_payable;
use crate::ordering::store::invoices;
use crate::ordering::store::orders::{self, LineRow, OrderRow};
use crate::platform::db::Read;
use serde::Serialize;
use utoipa::ToSchema;

/// Order, receipt and invoice of an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct MatchingView {
    /// The order.
    pub order_id: OrderId,
    /// Whether the three agree on every line.
    pub agrees: bool,
    /// Its lines, the freight last.
    pub lines: Vec<LineMatchingView>,
}

/// Order, receipt and invoice of a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineMatchingView {
    /// The line; 0 is the freight.
    pub line_no: i64,
    /// The goods.
    pub name: String,
    /// Ordered.
    pub ordered_fen: Fen,
    /// Accepted.
    pub accepted_fen: Fen,
    /// Of it sent back.
    pub returned_fen: Fen,
    /// Invoiced with tax, red letters deducted.
    pub invoiced_fen: Fen,
    /// What differs; none when the three agree.
    pub differences: Vec<DifferenceView>,
}

/// A difference.
#[derive(Debug, Serialize, ToSchema)]
pub struct DifferenceView {
    /// What it is.
    pub difference: MatchingDifference,
    /// By how much.
    pub amount_fen: Fen,
}

/// Order, receipt and invoice of an order within reach.
///
/// # Errors
/// `not_found`.
pub fn matching(read: &mut Read, actor: &Actor, id: OrderId, today: Day) -> Outcome<MatchingView> {
    let order = visible(read, actor, id, today)?;
    let rows = orders::lines(read, id)?;
    let invoiced = invoices::invoiced(read, id)?;
    let of = |no: i64| invoiced.iter().find(|(line_no, _)| *line_no == no).map_or(Fen::ZERO, |(_, sum)| *sum);
    let mut lines = Vec::with_capacity(rows.len() + 1);
    for row in &rows {
        lines.push(of_line(row, &order, of(row.line_no))?);
    }
    if order.freight_fen > Fen::ZERO {
        lines.push(of_freight(&rows, &order, of(0))?);
    }
    Ok(MatchingView { order_id: id, agrees: lines.iter().all(|line| line.differences.is_empty()), lines })
}

fn of_line(row: &LineRow, order: &OrderRow, invoiced: Fen) -> Outcome<LineMatchingView> {
    // Of an order that ended without goods nothing was owed.
    let ordered = if order.state.stands() { row.line_fen } else { Fen::ZERO };
    let amounts =
        LineAmounts { ordered, accepted: row.accepted_fen, returned: row.returned_fen, invoiced, closed: row.closed };
    view(row.line_no, row.name.clone(), &amounts)
}

fn of_freight(rows: &[LineRow], order: &OrderRow, invoiced: Fen) -> Outcome<LineMatchingView> {
    let open = rows.iter().any(|row| !row.closed);
    let kept = order.accepted_fen > order.returned_fen;
    let payable = freight_payable(order.freight_fen, kept, open);
    let accepted = if kept { payable } else { Fen::ZERO };
    let amounts = LineAmounts { ordered: payable, accepted, returned: Fen::ZERO, invoiced, closed: !open };
    view(0, "运费".to_owned(), &amounts)
}

fn view(line_no: i64, name: String, amounts: &LineAmounts) -> Outcome<LineMatchingView> {
    let found = differences(amounts)?;
    Ok(LineMatchingView {
        line_no,
        name,
        ordered_fen: amounts.ordered,
        accepted_fen: amounts.accepted,
        returned_fen: amounts.returned,
        invoiced_fen: amounts.invoiced,
        differences: found
            .into_iter()
            .map(|(difference, amount_fen)| DifferenceView { difference, amount_fen })
            .collect(),
    })
}
