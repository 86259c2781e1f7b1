//! SQL of as what orders are classified.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderId, OrgId, UserId};
use crate::kernel::terms::{Channel, Mode};
use crate::kernel::time::At;
use crate::ordering::schema::classifications::order_classifications as classifications;
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, max};
use diesel::prelude::*;

/// As what an order counts since a decision.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = classifications, treat_none_as_default_value = false)]
pub struct ClassificationRow {
    pub order_id: OrderId,
    pub no: i64,
    pub mode: Mode,
    pub channel: Channel,
    pub mode_term: Option<String>,
    pub channel_term: Option<String>,
    /// Codes in order, with a comma after each.
    pub tags: String,
    pub reason: String,
    pub org_id: OrgId,
    pub decided_by: UserId,
    pub decided_at: At,
}

/// Records a decision; under the order's claim.
pub fn insert(tx: &mut Tx<'_>, row: &ClassificationRow) -> Outcome<()> {
    each!(tx, c => insert_into(classifications::table).values(row).execute(c))?;
    Ok(())
}

/// The decisions about an order, oldest first.
pub fn of_order(on: &mut Read, order: OrderId) -> Outcome<Vec<ClassificationRow>> {
    Ok(each!(on, c => classifications::table.filter(classifications::order_id.eq(order)).order(classifications::no)
        .select(ClassificationRow::as_select()).load(c))?)
}

/// The number of the last decision; 0 while the order counts as what it was placed as.
pub fn current(on: &mut Read, order: OrderId) -> Outcome<i64> {
    let last: Option<i64> = each!(on, c => classifications::table.filter(classifications::order_id.eq(order))
        .select(max(classifications::no)).first(c))?;
    Ok(last.unwrap_or(0))
}
