//! A unit's orders that are not completed yet, each with what it waits for.

use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::time::Day;
use crate::ordering::rules::outstanding::{OutstandingCause, Sums, outstanding as waits_for};
use crate::ordering::store::lists;
use crate::ordering::store::orders::OrderRow;
use crate::ordering::terms::{self, Terms};
use crate::platform::db::Read;
use crate::rulebook::RuleName;
use serde::Serialize;
use utoipa::ToSchema;

/// An order that is not completed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OutstandingOrder {
    /// The order.
    pub order_id: OrderId,
    /// The day of placement.
    pub placed_on: Day,
    /// What it waits for.
    pub cause: OutstandingCause,
    /// The amount that waits with it.
    pub amount_fen: Fen,
}

/// Orders of a unit that count to its plan once they are completed, the oldest first; at most so many.
///
/// # Errors
/// When the database fails.
pub fn outstanding(read: &mut Read, unit: OrgId, most: i64) -> Outcome<Vec<OutstandingOrder>> {
    let mut found = Vec::new();
    for row in lists::incomplete(read, unit, most)? {
        if let Some((cause, amount_fen)) = waits_for(&sums(&row)?)? {
            found.push(OutstandingOrder { order_id: row.id, placed_on: row.placed_day, cause, amount_fen });
        }
    }
    Ok(found)
}

fn sums(row: &OrderRow) -> Outcome<Sums> {
    let frozen: Terms = terms::read(&row.terms)?;
    let rule = frozen.rule(RuleName::RatingRequired.as_str());
    Ok(Sums {
        state: row.state,
        ordered: row.ordered_fen,
        kept: row.accepted_fen.minus(row.returned_fen)?,
        paid: row.paid_fen.minus(row.refunded_fen)?,
        rated: row.rated_at.is_some(),
        rating_required: rule.is_none_or(|rule| rule.value == "true"),
    })
}
