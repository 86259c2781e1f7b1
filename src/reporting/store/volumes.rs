//! SQL of volumes.

use super::Reach;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrderLineId;
use crate::kernel::terms::Basis;
use crate::platform::db::Read;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Text};

/// The columns by which volumes can be told apart, as SQL; the first is the line's origin shares.
const COLUMNS: [&str; 9] = [
    "l.origins",
    "c.month",
    "o.fund",
    "o.purpose",
    "o.mode",
    "o.channel",
    "CASE WHEN l.certified AND c.standing = 'as_placed' THEN 'true' ELSE 'false' END",
    "CASE WHEN l.eligible THEN 'true' ELSE 'false' END",
    "o.unit_region",
];
const NAMES: [&str; 9] =
    ["origins", "month", "fund", "purpose", "mode", "channel", "certified", "eligible", "purchaser_region"];

/// A sum of counting entries, or (with its line) one entry.
#[derive(Debug, Clone, QueryableByName)]
pub struct Volume {
    #[diesel(sql_type = Binary)]
    pub line_id: Vec<u8>,
    /// What a single entry counts as.
    #[diesel(sql_type = Text)]
    pub standing: String,
    #[diesel(sql_type = Text)]
    pub origins: String,
    #[diesel(sql_type = Text)]
    pub month: String,
    #[diesel(sql_type = Text)]
    pub fund: String,
    #[diesel(sql_type = Text)]
    pub purpose: String,
    #[diesel(sql_type = Text)]
    pub mode: String,
    #[diesel(sql_type = Text)]
    pub channel: String,
    #[diesel(sql_type = Text)]
    pub certified: String,
    #[diesel(sql_type = Text)]
    pub eligible: String,
    #[diesel(sql_type = Text)]
    pub purchaser_region: String,
    #[diesel(sql_type = BigInt)]
    pub amount: i64,
}

impl Volume {
    /// The line of a single entry.
    pub fn line(&self) -> Option<OrderLineId> {
        self.line_id.as_slice().try_into().ok().map(OrderLineId)
    }
}

/// What volumes are asked for.
#[derive(Debug, Clone)]
pub struct VolumesOf<'a> {
    pub basis: Basis,
    /// First month, `YYYY-MM`.
    pub from: &'a str,
    /// Last month.
    pub to: &'a str,
    pub reach: &'a Reach,
    /// Which of the columns are told apart, in the order of [`COLUMNS`].
    pub apart: [bool; 9],
}

const SOURCE: &str = "FROM ledger_counts c JOIN order_lines l ON l.id = c.line_id JOIN orders o ON o.id = c.order_id
    WHERE c.basis = $1 AND c.standing <> 'void' AND c.month >= $2 AND c.month <= $3 AND o.unit_region >= $4 AND o.unit_region < $5
    AND ($6 = '' OR o.unit_id IN (SELECT u.descendant_id FROM unit_closure u
        WHERE u.valid_from <= $6 AND u.valid_to > $6 AND u.ancestor_id = $7 AND u.depth <= $8))";
/// Several counties: only these need to be split entry by entry.
const SEVERAL: &str = "LIKE '%,{%'";

fn selected(apart: [bool; 9]) -> String {
    let column = |n: usize| if apart[n] { COLUMNS[n] } else { "''" };
    (0..COLUMNS.len()).map(|n| format!("{} AS {}", column(n), NAMES[n])).collect::<Vec<_>>().join(", ")
}

/// Sums by the asked columns. When the origin is among them, lines of several counties are left out.
pub fn volumes(on: &mut Read, of: &VolumesOf<'_>) -> Outcome<Vec<Volume>> {
    let groups: Vec<&str> = (0..COLUMNS.len()).filter(|n| of.apart[*n]).map(|n| COLUMNS[n]).collect();
    let by = if groups.is_empty() { String::new() } else { format!("GROUP BY {}", groups.join(", ")) };
    let single = if of.apart[0] { format!("AND l.origins NOT {SEVERAL}") } else { String::new() };
    let amount = "CAST(COALESCE(SUM(c.amount_fen), 0) AS BIGINT) AS amount";
    let none = if on.is_postgres() { "''::bytea" } else { "x''" };
    let text =
        format!("SELECT {none} AS line_id, '' AS standing, {}, {amount} {SOURCE} {single} {by}", selected(of.apart));
    run(on, of, &text, (of.from, of.to))
}

/// Every entry of lines of several counties of any month, in the order in which they were counted: the split of an entry
/// depends on those counted before it, and one that is dated back may lie in an earlier month than they do.
pub fn pieces(on: &mut Read, of: &VolumesOf<'_>) -> Outcome<Vec<Volume>> {
    let mut apart = of.apart;
    apart[1] = true;
    let columns = selected(apart);
    let text = format!(
        "SELECT c.line_id AS line_id, c.standing AS standing, {columns}, c.amount_fen AS amount {SOURCE} AND l.origins {SEVERAL} ORDER BY c.at, c.id"
    );
    run(on, of, &text, ("", "~"))
}

fn run(on: &mut Read, of: &VolumesOf<'_>, text: &str, (from, to): (&str, &str)) -> Outcome<Vec<Volume>> {
    Ok(each!(on, c => sql_query(text)
        .bind::<Text, _>(of.basis.as_str()).bind::<Text, _>(from).bind::<Text, _>(to)
        .bind::<Text, _>(&of.reach.from).bind::<Text, _>(&of.reach.below)
        .bind::<Text, _>(of.reach.day()).bind::<Binary, _>(of.reach.root()).bind::<BigInt, _>(of.reach.depth())
        .load(c))?)
}
