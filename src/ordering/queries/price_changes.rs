//! Changes of prices as they are shown, and compared with what they left.

use super::verify_lines::Difference;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderId, OrgId, PriceChangeId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::time::At;
use crate::ordering::book::Book;
use crate::ordering::rules::dispute::DisputeSide;
use crate::ordering::rules::price_change::PriceChangeState;
use crate::ordering::store::price_changes::{self as store, ChangeLineRow, ChangeRow};
use crate::platform::db::Read;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A change of prices (改价).
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceChangeView {
    /// Its id.
    pub id: PriceChangeId,
    /// The order.
    pub order_id: OrderId,
    /// Where it stands.
    pub state: PriceChangeState,
    /// Which side proposed it; the other answers.
    pub side: DisputeSide,
    /// For which organisation.
    pub proposed_org: OrgId,
    /// By whom.
    pub proposed_by: UserId,
    /// When.
    pub proposed_at: At,
    /// Why.
    pub reason: String,
    /// What of which lines.
    pub lines: Vec<PriceChangeLineView>,
    /// When the other side answered.
    pub answered_at: Option<At>,
    /// By whom.
    pub answered_by: Option<UserId>,
    /// Why it was refused, not approved or withdrawn.
    pub answer: Option<String>,
    /// When one of the buyer's decided whether the higher price is approved.
    pub approved_at: Option<At>,
    /// When it came to hold, or ended.
    pub ended_at: Option<At>,
}

/// What is to change of a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceChangeLineView {
    /// The order's line; 0 is the freight.
    pub line_no: i64,
    /// The price of a unit that is replaced.
    pub before_fen: Option<Fen>,
    /// The price of a unit in its place.
    pub unit_price_fen: Option<Fen>,
    /// What is allowed of what was accepted, or of the freight.
    pub allowance_fen: Option<Fen>,
}

fn view(row: &ChangeRow, lines: &[ChangeLineRow]) -> PriceChangeView {
    let own = lines.iter().filter(|line| line.change_id == row.id);
    let line = |line: &ChangeLineRow| PriceChangeLineView {
        line_no: line.line_no,
        before_fen: line.before_fen,
        unit_price_fen: line.unit_price_fen,
        allowance_fen: line.allowance_fen,
    };
    PriceChangeView {
        id: row.id,
        order_id: row.order_id,
        state: row.state,
        side: row.side,
        proposed_org: row.proposed_org,
        proposed_by: row.proposed_by,
        proposed_at: row.proposed_at,
        reason: row.reason.clone(),
        lines: own.map(line).collect(),
        answered_at: row.answered_at,
        answered_by: row.answered_by,
        answer: row.answer.clone(),
        approved_at: row.approved_at,
        ended_at: row.ended_at,
    }
}

/// A change with its lines.
///
/// # Errors
/// When the database fails.
pub fn price_change(read: &mut Read, row: &ChangeRow) -> Outcome<PriceChangeView> {
    Ok(view(row, &store::lines_of_order(read, row.order_id)?))
}

/// An order's changes of prices, oldest first.
///
/// # Errors
/// When the database fails.
pub(super) fn of_order(read: &mut Read, order: OrderId) -> Outcome<Vec<PriceChangeView>> {
    let rows = store::of_order(read, order)?;
    let lines = if rows.is_empty() { Vec::new() } else { store::lines_of_order(read, order)? };
    Ok(rows.iter().map(|row| view(row, &lines)).collect())
}

/// A line costs what the last change that holds says, and each of them replaced the price of the one before.
///
/// # Errors
/// When the database fails.
pub fn compare(read: &mut Read, book: &Book) -> Outcome<Vec<Difference>> {
    let (mut found, mut known): (Vec<Difference>, BTreeMap<i64, Fen>) = (Vec::new(), BTreeMap::new());
    let mut held = of_order(read, book.order.id)?;
    held.retain(|change| change.state == PriceChangeState::Agreed);
    held.sort_by_key(|change| (change.ended_at, change.id));
    for line in held.iter().flat_map(|change| &change.lines) {
        let Some((before, after)) = line.before_fen.zip(line.unit_price_fen) else { continue };
        let expected = known.insert(line.line_no, after).unwrap_or(before);
        if before != expected {
            found.push((format!("line {} price replaced", line.line_no), before.to_string(), expected.to_string()));
        }
    }
    for row in &book.lines {
        let price = known.get(&row.line_no).copied().unwrap_or(row.unit_price_fen);
        if price != row.unit_price_fen {
            found.push((
                format!("line {} unit_price_fen", row.line_no),
                row.unit_price_fen.to_string(),
                price.to_string(),
            ));
        }
    }
    Ok(found)
}
