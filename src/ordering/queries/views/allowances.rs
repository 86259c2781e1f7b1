//! Allowances, as they are shown.

use crate::kernel::ids::{AllowanceId, DisputeId, PriceChangeId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::time::{At, Day};
use crate::ordering::store::allowances::{AllowanceLineRow, AllowanceRow};
use serde::Serialize;
use utoipa::ToSchema;

/// An allowance (折让): both sides agreed that a part of the price is not owed, although no goods go back.
#[derive(Debug, Serialize, ToSchema)]
pub struct AllowanceView {
    /// Its id; a refund may name it.
    pub id: AllowanceId,
    /// The dispute whose settlement it follows from.
    pub dispute_id: Option<DisputeId>,
    /// The change of prices that it follows from.
    pub price_change_id: Option<PriceChangeId>,
    /// The day on which it was agreed.
    pub occurred_on: Day,
    /// When it was recorded.
    pub recorded_at: At,
    /// By whom: who agreed last.
    pub recorded_by: UserId,
    /// In words.
    pub reason: String,
    /// What of which line.
    pub lines: Vec<AllowanceLineView>,
}

/// What was allowed of a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct AllowanceLineView {
    /// The order's line; 0 is the freight.
    pub line_no: i64,
    /// How much.
    pub amount_fen: Fen,
    /// What stayed payable of the line then.
    pub left_fen: Fen,
}

/// Allowances with their lines; rows of one of them follow each other.
pub fn allowances(rows: Vec<(AllowanceRow, AllowanceLineRow)>) -> Vec<AllowanceView> {
    let mut views: Vec<AllowanceView> = Vec::new();
    for (row, line) in rows {
        let line = AllowanceLineView { line_no: line.line_no, amount_fen: line.amount_fen, left_fen: line.left_fen };
        match views.last_mut() {
            Some(last) if last.id == row.id => last.lines.push(line),
            _ => views.push(AllowanceView {
                id: row.id,
                dispute_id: row.dispute_id,
                price_change_id: row.price_change_id,
                occurred_on: row.occurred_on,
                recorded_at: row.recorded_at,
                recorded_by: row.recorded_by,
                reason: row.reason,
                lines: vec![line],
            }),
        }
    }
    views
}
