//! SQL of orders that are counted again.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrderId;
use crate::kernel::time::At;
use crate::platform::db::Read;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Text};

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = Binary)]
    order_id: OrderId,
}

/// Orders of units of a region that counted anything paid to a year by a moment, after one, in the order of their ids.
pub fn counted(
    on: &mut Read,
    year: i64,
    before: At,
    (from, below): &(String, String),
    after: Option<OrderId>,
    most: i64,
) -> Outcome<Vec<OrderId>> {
    let text = "SELECT o.id AS order_id FROM orders o WHERE o.unit_region >= $1 AND o.unit_region < $2 AND o.id > $3
        AND EXISTS (SELECT 1 FROM ledger_counts c WHERE c.order_id = o.id AND c.year = $4 AND c.at < $5
            AND c.basis IN ('accepted_paid', 'completed'))
        ORDER BY o.id LIMIT $6";
    let after = after.map_or_else(Vec::new, |id| id.0.to_vec());
    let rows: Vec<Counted> = each!(on, c => sql_query(text)
        .bind::<Text, _>(from).bind::<Text, _>(below).bind::<Binary, _>(&after)
        .bind::<BigInt, _>(year).bind::<BigInt, _>(before).bind::<BigInt, _>(most).load(c))?;
    Ok(rows.into_iter().map(|row| row.order_id).collect())
}
