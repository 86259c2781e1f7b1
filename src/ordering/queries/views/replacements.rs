//! Replacements, as they are shown.

use super::OrderSummary;
use crate::kernel::ids::{AcceptanceId, OrderLineId, ReplacementId, UserId};
use crate::kernel::quantity::Quantity;
use crate::kernel::time::At;
use crate::ordering::rules::replacement::ReplacementState;
use crate::ordering::store::replacements::ReplacementRow;
use serde::Serialize;
use utoipa::ToSchema;

/// A replacement (换货): rejected goods that the buyer asks for once more.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplacementView {
    /// Its id.
    pub id: ReplacementId,
    /// The order's line.
    pub line_no: i64,
    /// How much.
    pub quantity: Quantity,
    /// Why.
    pub reason: String,
    /// Where it stands; once agreed, the line's `shipped` and `rejected` know nothing of these goods any more.
    pub state: ReplacementState,
    /// The acceptance with which it was asked for.
    pub acceptance_id: Option<AcceptanceId>,
    /// By whom.
    pub asked_by: UserId,
    /// When.
    pub asked_at: At,
    /// When it was answered or taken back.
    pub answered_at: Option<At>,
    /// Why it was refused or taken back.
    pub answer: Option<String>,
}

/// What was asked for, and the order after it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplacementsReply {
    /// What was asked for of each line.
    pub replacements: Vec<ReplacementView>,
    /// The order after it.
    pub order: OrderSummary,
}

/// Replacements with the numbers of their lines.
pub fn replacements(rows: Vec<ReplacementRow>, number: impl Fn(OrderLineId) -> i64) -> Vec<ReplacementView> {
    let view = |row: ReplacementRow| ReplacementView {
        id: row.id,
        line_no: number(row.line_id),
        quantity: row.quantity,
        reason: row.reason,
        state: row.state,
        acceptance_id: row.acceptance_id,
        asked_by: row.asked_by,
        asked_at: row.asked_at,
        answered_at: row.answered_at,
        answer: row.answer,
    };
    rows.into_iter().map(view).collect()
}
