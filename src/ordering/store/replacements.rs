//! SQL of replacements.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{AcceptanceId, OrderId, OrderLineId, ReplacementId, UserId};
use crate::kernel::quantity::Quantity;
use crate::kernel::time::{At, Day};
use crate::ordering::rules::replacement::ReplacementState;
use crate::ordering::schema::replacements::order_replacements as replacements;
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// A replacement of rejected goods of a line.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = replacements, treat_none_as_default_value = false)]
pub struct ReplacementRow {
    pub id: ReplacementId,
    pub order_id: OrderId,
    pub line_id: OrderLineId,
    pub acceptance_id: Option<AcceptanceId>,
    pub quantity: Quantity,
    pub reason: String,
    pub state: ReplacementState,
    pub asked_by: UserId,
    pub asked_at: At,
    pub answered_by: Option<UserId>,
    pub answered_at: Option<At>,
    pub answer: Option<String>,
    pub closed_on: Option<Day>,
    pub closed_at: Option<At>,
}

/// Records what is asked for.
pub fn insert(tx: &mut Tx<'_>, rows: &[ReplacementRow]) -> Outcome<()> {
    if !rows.is_empty() {
        each!(tx, c => insert_into(replacements::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// One of an order's.
pub fn find(on: &mut Read, order: OrderId, id: ReplacementId) -> Outcome<Option<ReplacementRow>> {
    Ok(each!(on, c => replacements::table.find(id).filter(replacements::order_id.eq(order))
        .select(ReplacementRow::as_select()).first(c).optional())?)
}

/// An order's replacements, oldest first.
pub fn of_order(on: &mut Read, order: OrderId) -> Outcome<Vec<ReplacementRow>> {
    Ok(each!(on, c => replacements::table.filter(replacements::order_id.eq(order)).order(replacements::id)
        .select(ReplacementRow::as_select()).load(c))?)
}

/// Writes the answer; whether it waited for one.
pub fn answer(tx: &mut Tx<'_>, row: &ReplacementRow) -> Outcome<bool> {
    let answered = each!(tx, c => update(replacements::table.find(row.id).filter(replacements::state.eq(ReplacementState::Open)))
        .set((replacements::state.eq(row.state), replacements::answered_by.eq(row.answered_by),
            replacements::answered_at.eq(row.answered_at), replacements::answer.eq(&row.answer),
            replacements::closed_on.eq(row.closed_on), replacements::closed_at.eq(row.closed_at))).execute(c))?;
    Ok(answered == 1)
}

/// The lines that these replacements opened again.
pub fn lines_of(on: &mut Read, ids: &[ReplacementId]) -> Outcome<Vec<(ReplacementId, OrderLineId)>> {
    Ok(each!(on, c => replacements::table.filter(replacements::id.eq_any(ids))
        .select((replacements::id, replacements::line_id)).load(c))?)
}
