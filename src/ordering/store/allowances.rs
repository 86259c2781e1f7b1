//! SQL of allowances.

use super::claims::CHUNK;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{AllowanceId, DisputeId, OrderId, PriceChangeId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::time::{At, Day};
use crate::ordering::schema::allowances::{order_allowance_lines as lines, order_allowances as allowances};
use crate::platform::db::{Read, Tx};
use crate::{each, together};
use diesel::dsl::insert_into;
use diesel::prelude::*;

/// An allowance.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = allowances, treat_none_as_default_value = false)]
pub struct AllowanceRow {
    pub id: AllowanceId,
    pub order_id: OrderId,
    pub dispute_id: Option<DisputeId>,
    pub occurred_on: Day,
    pub recorded_at: At,
    pub recorded_by: UserId,
    pub reason: String,
    pub price_change_id: Option<PriceChangeId>,
}

/// What was allowed of a line; 0 is the freight.
#[derive(Debug, Clone, Copy, Queryable, Selectable, Insertable)]
#[diesel(table_name = lines, treat_none_as_default_value = false)]
pub struct AllowanceLineRow {
    pub allowance_id: AllowanceId,
    pub line_no: i64,
    pub amount_fen: Fen,
    pub left_fen: Fen,
}

/// Records an allowance.
pub fn insert(tx: &mut Tx<'_>, fact: &AllowanceRow, of: &[AllowanceLineRow]) -> Outcome<()> {
    Ok(together!(tx, insert_into(allowances::table).values(fact), insert_into(lines::table).values(of))?)
}

/// An order's allowances with their lines, oldest first.
pub fn of_order(on: &mut Read, order: OrderId) -> Outcome<Vec<(AllowanceRow, AllowanceLineRow)>> {
    of_orders(on, &[order])
}

/// The allowances of orders with their lines, oldest first.
pub fn of_orders(on: &mut Read, orders: &[OrderId]) -> Outcome<Vec<(AllowanceRow, AllowanceLineRow)>> {
    let mut found = Vec::new();
    for part in orders.chunks(CHUNK) {
        let some: Vec<(AllowanceRow, AllowanceLineRow)> = each!(on, c => allowances::table.inner_join(lines::table)
            .filter(allowances::order_id.eq_any(part)).order((allowances::recorded_at, allowances::id, lines::line_no))
            .select((AllowanceRow::as_select(), AllowanceLineRow::as_select())).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// What of a list of allowed lines is freight.
///
/// # Errors
/// When it does not fit.
pub fn freight_of(rows: &[(AllowanceRow, AllowanceLineRow)]) -> Outcome<Fen> {
    Ok(Fen::total(rows.iter().filter(|(_, line)| line.line_no == 0).map(|(_, line)| line.amount_fen))?)
}
