//! SQL of whole months by county: which months have entries, and the entries of one with who bought.

use super::SEVERAL;
use crate::each;
use crate::kernel::error::Outcome;
use crate::platform::db::Read;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Text};

/// What was counted of an order: of a line of several counties one entry, of all its other lines of the same origin what they come to.
#[derive(Debug, Clone, QueryableByName)]
pub struct BoughtEntry {
    #[diesel(sql_type = Binary)]
    pub line_id: Vec<u8>,
    #[diesel(sql_type = Text)]
    pub standing: String,
    #[diesel(sql_type = BigInt)]
    pub class_no: i64,
    #[diesel(sql_type = Text)]
    pub basis: String,
    #[diesel(sql_type = Text)]
    pub month: String,
    /// The line's origin shares.
    #[diesel(sql_type = Text)]
    pub origins: String,
    #[diesel(sql_type = Binary)]
    pub unit_id: Vec<u8>,
    #[diesel(sql_type = Binary)]
    pub order_id: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    pub amount: i64,
}

#[derive(QueryableByName)]
struct OrderOfMonth {
    #[diesel(sql_type = Binary)]
    order_id: Vec<u8>,
}

#[derive(QueryableByName)]
struct MonthCount {
    #[diesel(sql_type = Text)]
    month: String,
    #[diesel(sql_type = BigInt)]
    entries: i64,
}

/// Entries of months before one, by month.
pub fn entries_by_month(on: &mut Read, before: &str) -> Outcome<Vec<(String, i64)>> {
    let text =
        "SELECT month AS month, COUNT(*) AS entries FROM ledger_counts WHERE month < $1 GROUP BY month ORDER BY month";
    let rows: Vec<MonthCount> = each!(on, c => sql_query(text).bind::<Text, _>(before).load(c))?;
    Ok(rows.into_iter().map(|row| (row.month, row.entries)).collect())
}

/// How many entries a month has.
pub fn count_entries(on: &mut Read, month: &str) -> Outcome<i64> {
    let text = "SELECT $1 AS month, COUNT(*) AS entries FROM ledger_counts WHERE month = $1";
    let row: MonthCount = each!(on, c => sql_query(text).bind::<Text, _>(month).get_result(c))?;
    Ok(row.entries)
}

/// Other months in which something was counted of a line of several counties that has entries in this one.
pub fn split_with(on: &mut Read, month: &str) -> Outcome<Vec<String>> {
    let text = format!(
        "SELECT o.month AS month, COUNT(*) AS entries FROM ledger_counts c JOIN order_lines l ON l.id = c.line_id
        JOIN ledger_counts o ON o.order_id = c.order_id AND o.line_id = c.line_id
        WHERE c.month = $1 AND l.origins {SEVERAL} AND o.month <> $1 GROUP BY o.month ORDER BY o.month"
    );
    let rows: Vec<MonthCount> = each!(on, c => sql_query(text).bind::<Text, _>(month).load(c))?;
    Ok(rows.into_iter().map(|row| row.month).collect())
}

/// The last of so many orders of a month behind one, in the order of their ids; none where there are no more.
pub fn last_of_some(on: &mut Read, month: &str, after: &[u8], most: i64) -> Outcome<Option<Vec<u8>>> {
    let text = "SELECT DISTINCT order_id AS order_id FROM ledger_counts WHERE month = $1 AND order_id > $2 ORDER BY order_id LIMIT $3";
    let rows: Vec<OrderOfMonth> = each!(on, c => sql_query(text).bind::<Text, _>(month).bind::<Binary, _>(after)
        .bind::<BigInt, _>(most).load(c))?;
    Ok(rows.into_iter().next_back().map(|row| row.order_id))
}

/// What was counted in a month of orders behind one up to another; of lines of several counties all entries, those of other months too, in
/// the order in which they were counted, because the split of an entry depends on those before it.
pub fn bought(on: &mut Read, month: &str, (after, last): (&[u8], &[u8])) -> Outcome<Vec<BoughtEntry>> {
    let from = "FROM ledger_counts c JOIN order_lines l ON l.id = c.line_id JOIN orders o ON o.id = c.order_id WHERE c.standing <> 'void'";
    let one = format!(
        "SELECT c.order_id AS line_id, '' AS standing, CAST(0 AS BIGINT) AS class_no, c.basis AS basis, c.month AS month, l.origins AS origins,
        o.unit_id AS unit_id, c.order_id AS order_id, CAST(SUM(c.amount_fen) AS BIGINT) AS amount {from}
        AND c.month = $1 AND c.order_id > $2 AND c.order_id <= $3 AND l.origins NOT {SEVERAL}
        GROUP BY c.order_id, c.basis, c.month, l.origins, o.unit_id"
    );
    let several = format!(
        "SELECT c.line_id AS line_id, c.standing AS standing, c.class_no AS class_no, c.basis AS basis, c.month AS month,
        l.origins AS origins, o.unit_id AS unit_id, c.order_id AS order_id, c.amount_fen AS amount {from} AND l.origins {SEVERAL}
        AND c.order_id IN (SELECT s.order_id FROM ledger_counts s WHERE s.month = $1 AND s.order_id > $2 AND s.order_id <= $3)
        ORDER BY c.at, c.id"
    );
    let mut rows = Vec::new();
    for text in [&one, &several] {
        let some: Vec<BoughtEntry> = each!(on, c => sql_query(text).bind::<Text, _>(month).bind::<Binary, _>(after)
            .bind::<Binary, _>(last).load(c))?;
        rows.extend(some);
    }
    Ok(rows)
}
