//! SQL of what changed between two moments.

use super::Reach;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderId, OrgId};
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Bool, Text};

/// What an order counts more, or less, to the plan of a year.
#[derive(Debug, Clone, QueryableByName)]
pub struct Change {
    #[diesel(sql_type = Binary)]
    pub order_id: OrderId,
    #[diesel(sql_type = Binary)]
    pub unit_id: OrgId,
    #[diesel(sql_type = Text)]
    pub unit_name: String,
    #[diesel(sql_type = Text)]
    pub basis: String,
    #[diesel(sql_type = Bool)]
    pub correction: bool,
    #[diesel(sql_type = BigInt)]
    pub amount: i64,
}

/// What was recorded from one moment on and before another, by order and basis; what cancels out is no change.
pub fn changes(on: &mut Read, year: i64, (from, before): (At, At), reach: &Reach, most: i64) -> Outcome<Vec<Change>> {
    let text = "SELECT c.order_id AS order_id, c.unit_id AS unit_id, o.name AS unit_name, c.basis AS basis,
        c.correction AS correction, CAST(SUM(c.amount_fen) AS BIGINT) AS amount
        FROM ledger_counts c JOIN order_lines l ON l.id = c.line_id JOIN organisations o ON o.id = c.unit_id
        WHERE c.year = $1 AND c.at >= $2 AND c.at < $3 AND l.qualifies AND c.standing IN ('as_placed', 'uncertified')
        AND c.fund IN ('canteen', 'union', 'personal') AND o.region_code >= $4 AND o.region_code < $5
        GROUP BY c.order_id, c.unit_id, o.name, c.basis, c.correction HAVING SUM(c.amount_fen) <> 0
        ORDER BY c.order_id, c.basis, c.correction LIMIT $6";
    Ok(each!(on, c => sql_query(text)
        .bind::<BigInt, _>(year).bind::<BigInt, _>(from).bind::<BigInt, _>(before)
        .bind::<Text, _>(&reach.from).bind::<Text, _>(&reach.below).bind::<BigInt, _>(most)
        .load(c))?)
}

/// A fact that took effect.
#[derive(Debug, Clone, QueryableByName)]
pub struct Cause {
    #[diesel(sql_type = Binary)]
    pub order_id: OrderId,
    #[diesel(sql_type = Text)]
    pub kind: String,
}

/// The kinds of facts that took effect after a day, up to another, of orders of which something was counted to a year in between.
pub fn causes(on: &mut Read, year: i64, (after, until): (Day, Day)) -> Outcome<Vec<Cause>> {
    let text = "SELECT DISTINCT f.order_id AS order_id, f.kind AS kind FROM order_facts f
        WHERE f.effective_on > $1 AND f.effective_on <= $2 AND f.order_id IN
            (SELECT c.order_id FROM ledger_counts c WHERE c.year = $3 AND c.at >= $4 AND c.at < $5)
        ORDER BY f.order_id, f.kind";
    Ok(each!(on, c => sql_query(text)
        .bind::<Text, _>(after.to_string()).bind::<Text, _>(until.to_string())
        .bind::<BigInt, _>(year).bind::<BigInt, _>(after.end()).bind::<BigInt, _>(until.end()).load(c))?)
}
