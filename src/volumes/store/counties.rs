//! SQL of whole months by county: which months have entries, and the entries of one with who bought.

use super::{JOINED, SEVERAL};
use crate::each;
use crate::kernel::error::Outcome;
use crate::platform::db::Read;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Text};

/// An entry of a line of which something was counted in a month.
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
        "SELECT o.month AS month, COUNT(*) AS entries FROM ledger_counts o WHERE o.month <> $1 AND o.line_id IN
        (SELECT c.line_id FROM ledger_counts c JOIN order_lines l ON l.id = c.line_id WHERE c.month = $1 AND l.origins {SEVERAL})
        GROUP BY o.month ORDER BY o.month"
    );
    let rows: Vec<MonthCount> = each!(on, c => sql_query(text).bind::<Text, _>(month).load(c))?;
    Ok(rows.into_iter().map(|row| row.month).collect())
}

/// The entries of a month; of lines of several counties all of them, in the order in which they were counted, because the split of an
/// entry depends on those before it.
pub fn bought(on: &mut Read, month: &str) -> Outcome<Vec<BoughtEntry>> {
    let columns = "SELECT c.line_id AS line_id, c.standing AS standing, c.class_no AS class_no, c.basis AS basis, c.month AS month,
        l.origins AS origins, o.unit_id AS unit_id, c.order_id AS order_id, c.amount_fen AS amount";
    let one = format!("{columns} {JOINED} WHERE c.standing <> 'void' AND c.month = $1 AND l.origins NOT {SEVERAL}");
    let several = format!(
        "{columns} {JOINED} WHERE c.standing <> 'void' AND l.origins {SEVERAL}
        AND c.line_id IN (SELECT s.line_id FROM ledger_counts s WHERE s.month = $1) ORDER BY c.at, c.id"
    );
    let mut entries: Vec<BoughtEntry> = each!(on, c => sql_query(&one).bind::<Text, _>(month).load(c))?;
    let split: Vec<BoughtEntry> = each!(on, c => sql_query(&several).bind::<Text, _>(month).load(c))?;
    entries.extend(split);
    Ok(entries)
}
