//! SQL of the order in which facts took effect, and of what an order's facts come to.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderId, RuleId};
use crate::kernel::money::Fen;
use crate::kernel::time::{At, Day};
use crate::ordering::rules::journal::FactKind;
use crate::ordering::schema::money::order_facts as facts;
use crate::ordering::schema::orders;
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// A fact's place and date.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = facts, treat_none_as_default_value = false)]
pub struct FactRow {
    pub order_id: OrderId,
    pub seq: i64,
    pub kind: FactKind,
    pub subject_id: Vec<u8>,
    pub occurred_on: Day,
    pub effective_on: Day,
    pub counts_on: Day,
    pub closes_on: Day,
    pub late: bool,
    pub late_rule: RuleId,
    pub closing_rule: RuleId,
}

/// What an order's facts come to.
#[derive(Debug, Clone, Copy)]
pub struct Sums {
    pub paid: Fen,
    pub refunded: Fen,
    pub rated_at: Option<At>,
    pub completed_year: Option<i64>,
}

/// The facts of an order, in the order in which they took effect.
pub fn facts(on: &mut Read, order: OrderId) -> Outcome<Vec<FactRow>> {
    Ok(each!(on, c => facts::table.filter(facts::order_id.eq(order)).order(facts::seq)
        .select(FactRow::as_select()).load(c))?)
}

/// Appends facts.
pub fn append(tx: &mut Tx<'_>, rows: &[FactRow]) -> Outcome<()> {
    each!(tx, c => insert_into(facts::table).values(rows).execute(c))?;
    Ok(())
}

/// Stores what the facts come to; under the order's claim.
pub fn save(tx: &mut Tx<'_>, order: OrderId, sums: &Sums) -> Outcome<()> {
    let changes = (
        orders::paid_fen.eq(sums.paid),
        orders::refunded_fen.eq(sums.refunded),
        orders::rated_at.eq(sums.rated_at),
        orders::completed_year.eq(sums.completed_year),
    );
    each!(tx, c => update(orders::table.find(order)).set(changes).execute(c))?;
    Ok(())
}

/// Ids of orders after one, for verification in batches.
pub fn order_ids(on: &mut Read, after: Option<OrderId>, most: i64) -> Outcome<Vec<OrderId>> {
    Ok(each!(on, c => {
        let mut query = orders::table.select(orders::id).into_boxed();
        if let Some(after) = after {
            query = query.filter(orders::id.gt(after));
        }
        query.order(orders::id).limit(most).load(c)
    })?)
}
