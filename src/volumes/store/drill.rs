//! SQL of the entries behind a figure.

use super::{COLUMNS, JOINED, Volume, WITHIN, selected};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{CountId, OrderId, SchemeId};
use crate::kernel::terms::Basis;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::reporting::Reach;
use crate::volumes::rules::{SCHEMES, WIDTH};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Text};

/// One counting entry.
#[derive(Debug, Clone, QueryableByName)]
pub struct Entry {
    #[diesel(sql_type = Binary)]
    pub id: CountId,
    #[diesel(sql_type = BigInt)]
    pub at: At,
    #[diesel(sql_type = Binary)]
    pub order_id: OrderId,
    #[diesel(sql_type = Binary)]
    pub line_id: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    pub line_no: i64,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub day: Day,
    #[diesel(sql_type = Text)]
    pub standing: String,
    #[diesel(sql_type = BigInt)]
    pub class_no: i64,
    #[diesel(embed)]
    pub volume: Volume,
}

/// Which entries are asked for; an empty text asks for any.
#[derive(Debug, Clone)]
pub struct EntriesOf<'a> {
    pub basis: Basis,
    pub from: &'a str,
    pub to: &'a str,
    pub reach: &'a Reach,
    /// Fund, purpose, mode, its word, channel, its word, certified, eligible, purchaser's kind and region; `-` is no word.
    pub values: [&'a str; 10],
    /// Digits that a county of origin begins with.
    pub county: &'a str,
    /// Certified under exactly the first, of all that there are; under none is not certified.
    pub schemes: Option<(&'a [SchemeId], &'a [SchemeId])>,
    /// A tag.
    pub tag: &'a str,
}

/// The place of the first of the values among the columns.
const FIRST: usize = 2;

fn condition(of: usize) -> String {
    let (column, bind) = (COLUMNS[FIRST + of], 9 + of);
    let column = if column.ends_with("'')") { column.replace("'')", "'-')") } else { column.to_owned() };
    format!(" AND (${bind} = '' OR {column} = ${bind})")
}

/// Ids are looked for in what the line froze; no id is part of another one.
fn certified_under(schemes: Option<(&[SchemeId], &[SchemeId])>) -> String {
    let Some((exactly, known)) = schemes else { return String::new() };
    let column = COLUMNS[SCHEMES];
    if exactly.is_empty() {
        return format!(" AND {column} = ''");
    }
    let all = exactly.iter().chain(known.iter().filter(|id| !exactly.contains(id)));
    let one = |id: &SchemeId| {
        let not = if exactly.contains(id) { "" } else { "NOT " };
        format!(" AND {column} {not}LIKE '%\"{id}\"%'")
    };
    all.map(one).collect()
}

const COLUMNS_OF_ENTRY: &str =
    "c.id AS id, c.at AS at, c.order_id AS order_id, c.line_id AS line_id, l.line_no AS line_no, l.name AS name,
    c.day AS day, c.standing AS standing, c.class_no AS class_no";

/// Entries, the latest first.
pub fn entries(on: &mut Read, of: &EntriesOf<'_>, after: Option<(At, CountId)>, limit: i64) -> Outcome<Vec<Entry>> {
    let (at, id) = after.unwrap_or((At(i64::MAX), CountId([0xff; 16])));
    let conditions: String = (0..of.values.len()).map(condition).chain([certified_under(of.schemes)]).collect();
    let text = format!(
        "SELECT {COLUMNS_OF_ENTRY}, {}, c.amount_fen AS amount {JOINED}{WITHIN}{conditions}
        AND l.origins LIKE $19 AND (',' || COALESCE(k.tags, '')) LIKE $20 ESCAPE '\\' AND (c.at < $21 OR (c.at = $21 AND c.id < $22))
        ORDER BY c.at DESC, c.id DESC LIMIT $23",
        selected([true; WIDTH])
    );
    let county = format!("%\"county\":\"{}%", of.county);
    let tag = if of.tag.is_empty() { "%".to_owned() } else { format!("%,{},%", of.tag.replace('_', "\\_")) };
    let [fund, purpose, mode, mode_term, channel, channel_term, certified, eligible, kind, region] = of.values;
    Ok(each!(on, c => sql_query(text)
        .bind::<Text, _>(of.basis.as_str()).bind::<Text, _>(of.from).bind::<Text, _>(of.to)
        .bind::<Text, _>(&of.reach.from).bind::<Text, _>(&of.reach.below)
        .bind::<Text, _>(of.reach.day()).bind::<Binary, _>(of.reach.root()).bind::<BigInt, _>(of.reach.depth())
        .bind::<Text, _>(fund).bind::<Text, _>(purpose).bind::<Text, _>(mode).bind::<Text, _>(mode_term)
        .bind::<Text, _>(channel).bind::<Text, _>(channel_term).bind::<Text, _>(certified).bind::<Text, _>(eligible)
        .bind::<Text, _>(kind).bind::<Text, _>(region).bind::<Text, _>(county).bind::<Text, _>(tag)
        .bind::<BigInt, _>(at).bind::<Binary, _>(id.0.to_vec()).bind::<BigInt, _>(limit)
        .load(c))?)
}

/// Every entry of an order on a basis, in the order in which they were counted.
pub fn of_order(on: &mut Read, order: OrderId, basis: Basis) -> Outcome<Vec<Entry>> {
    let text = format!(
        "SELECT {COLUMNS_OF_ENTRY}, {}, c.amount_fen AS amount {JOINED}
        WHERE c.order_id = $1 AND c.basis = $2 AND c.standing <> 'void' ORDER BY c.at, c.id",
        selected([true; WIDTH])
    );
    Ok(each!(on, c => sql_query(text).bind::<Binary, _>(order.0.to_vec()).bind::<Text, _>(basis.as_str()).load(c))?)
}
