//! 三单匹配: order, receipt and invoice of an order, line by line.

use super::visible;
use crate::kernel::actor::Actor;
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrderId;
use crate::kernel::money::Fen;
use crate::kernel::time::Day;
use crate::ordering::rules::matching::{LineAmounts, MatchingDifference, differences};
use crate::ordering::rules::money::freight_payable;
use crate::ordering::store::orders::{self, LineRow, OrderRow};
use crate::ordering::store::{allowances, invoices};
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
    /// Of it allowed, without goods going back.
    pub allowed_fen: Fen,
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
    let mut lines = Vec::with_capacity(rows.len() + 1);
    for (line_no, amounts) in line_amounts(read, &order, &rows)? {
        let name = rows.iter().find(|row| row.line_no == line_no).map_or("运费", |row| &row.name);
        lines.push(view(line_no, name.to_owned(), &amounts)?);
    }
    Ok(MatchingView { order_id: id, agrees: lines.iter().all(|line| line.differences.is_empty()), lines })
}

/// What of each line of an order was ordered, accepted and invoiced; 0, the last, is the freight where there is one.
///
/// # Errors
/// When the database fails.
pub fn line_amounts(read: &mut Read, order: &OrderRow, rows: &[LineRow]) -> Outcome<Vec<(i64, LineAmounts)>> {
    let sums = invoices::invoiced(read, order.id)?;
    let invoiced = |no: i64| sums.iter().find(|(line_no, _)| *line_no == no).map_or(Fen::ZERO, |(_, sum)| *sum);
    let of_line = |row: &LineRow| {
        let amounts = LineAmounts {
            // Of an order that ended without goods nothing was owed.
            ordered: if order.state.stands() { row.line_fen } else { Fen::ZERO },
            accepted: row.accepted_fen,
            returned: row.returned_fen.minus(row.allowed_fen)?,
            allowed: row.allowed_fen,
            invoiced: invoiced(row.line_no),
            closed: row.closed,
        };
        Outcome::Ok((row.line_no, amounts))
    };
    let mut lines: Vec<(i64, LineAmounts)> = rows.iter().map(of_line).collect::<Outcome<_>>()?;
    let allowed = allowances::freight_of(&allowances::of_order(read, order.id)?)?;
    let agreed = order.freight_fen.plus(allowed)?;
    if agreed > Fen::ZERO {
        let open = rows.iter().any(|row| !row.closed);
        let kept = order.accepted_fen > order.returned_fen;
        let ordered = freight_payable(agreed, kept, open);
        let (accepted, allowed) = if kept { (ordered, allowed) } else { (Fen::ZERO, Fen::ZERO) };
        let (returned, invoiced) = (Fen::ZERO, invoiced(0));
        lines.push((0, LineAmounts { ordered, accepted, returned, allowed, invoiced, closed: !open }));
    }
    Ok(lines)
}

fn view(line_no: i64, name: String, amounts: &LineAmounts) -> Outcome<LineMatchingView> {
    let found = differences(amounts)?;
    Ok(LineMatchingView {
        line_no,
        name,
        ordered_fen: amounts.ordered,
        accepted_fen: amounts.accepted,
        returned_fen: amounts.returned,
        allowed_fen: amounts.allowed,
        invoiced_fen: amounts.invoiced,
        differences: found
            .into_iter()
            .map(|(difference, amount_fen)| DifferenceView { difference, amount_fen })
            .collect(),
    })
}
