//! SQL of volumes: the entries themselves, and what was folded of them.

pub mod counties;
pub mod drill;
pub mod folding;
pub mod pairings;

use super::rules::{Apart, Key, WIDTH};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::terms::Basis;
use crate::platform::db::Read;
use crate::reporting::Reach;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Text};

/// The columns by which entries can be told apart, as SQL; the first is the line's origin shares, that of the schemes its certificates.
pub const COLUMNS: [&str; WIDTH] = [
    "l.origins",
    "c.month",
    "o.fund",
    "o.purpose",
    "COALESCE(k.mode, o.mode)",
    "COALESCE(k.mode_term, '')",
    "COALESCE(k.channel, o.channel)",
    "COALESCE(k.channel_term, '')",
    "CASE WHEN l.certified AND c.standing = 'as_placed' THEN 'true' ELSE 'false' END",
    "CASE WHEN l.eligible THEN 'true' ELSE 'false' END",
    "u.kind",
    "o.unit_region",
    "CASE WHEN l.certified AND c.standing = 'as_placed' AND l.certificates <> '[]' THEN l.certificates ELSE '' END",
    "COALESCE(k.tags, '')",
];
const NAMES: [&str; WIDTH] = [
    "county",
    "month",
    "fund",
    "purpose",
    "mode",
    "mode_term",
    "channel",
    "channel_term",
    "certified",
    "eligible",
    "purchaser_kind",
    "purchaser_region",
    "schemes",
    "tags",
];

/// A sum of counting entries, or one entry of a line of several counties.
#[derive(Debug, Clone, QueryableByName)]
pub struct Volume {
    /// The county, or of entries the line's origin shares.
    #[diesel(sql_type = Text)]
    pub county: String,
    #[diesel(sql_type = Text)]
    pub month: String,
    #[diesel(sql_type = Text)]
    pub fund: String,
    #[diesel(sql_type = Text)]
    pub purpose: String,
    #[diesel(sql_type = Text)]
    pub mode: String,
    #[diesel(sql_type = Text)]
    pub mode_term: String,
    #[diesel(sql_type = Text)]
    pub channel: String,
    #[diesel(sql_type = Text)]
    pub channel_term: String,
    #[diesel(sql_type = Text)]
    pub certified: String,
    #[diesel(sql_type = Text)]
    pub eligible: String,
    #[diesel(sql_type = Text)]
    pub purchaser_kind: String,
    #[diesel(sql_type = Text)]
    pub purchaser_region: String,
    /// Ids of schemes, or of entries the line's certificates.
    #[diesel(sql_type = Text)]
    pub schemes: String,
    #[diesel(sql_type = Text)]
    pub tags: String,
    #[diesel(sql_type = BigInt)]
    pub amount: i64,
}

impl Volume {
    /// Its values by place, and what it comes to in fen.
    pub fn into_parts(self) -> (Key, i64) {
        let amount = self.amount;
        let key = [
            self.county,
            self.month,
            self.fund,
            self.purpose,
            self.mode,
            self.mode_term,
            self.channel,
            self.channel_term,
            self.certified,
            self.eligible,
            self.purchaser_kind,
            self.purchaser_region,
            self.schemes,
            self.tags,
        ];
        (key, amount)
    }
}

/// An entry of a line of several counties.
#[derive(Debug, Clone, QueryableByName)]
pub struct Piece {
    #[diesel(sql_type = Binary)]
    pub line_id: Vec<u8>,
    #[diesel(sql_type = Text)]
    pub standing: String,
    #[diesel(sql_type = BigInt)]
    pub class_no: i64,
    /// `folded`, `taken` by whoever folds in this transaction, or `waits`.
    #[diesel(sql_type = Text)]
    pub stage: String,
    #[diesel(embed)]
    pub volume: Volume,
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
    /// Which of the columns are told apart.
    pub apart: Apart,
}

/// Which entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// Those that are not folded in.
    Tail,
    /// Those that are being folded in.
    Taken,
}

/// The most entries that are folded in at once; it also tells SQLite that there are few.
pub const MOST_TAKEN: i64 = 100_000;

/// What tells entries `c` of lines `l` apart.
macro_rules! told_apart {
    () => {
        " JOIN orders o ON o.id = c.order_id JOIN organisations u ON u.id = o.unit_id
        LEFT JOIN order_classifications k ON k.order_id = c.order_id AND k.no = c.class_no"
    };
}

/// Entries with everything that tells them apart.
pub const JOINED: &str = concat!("FROM ledger_counts c JOIN order_lines l ON l.id = c.line_id", told_apart!());

impl Which {
    /// These entries with everything that tells them apart, and what belongs to WHERE. What waits comes first, and SQLite keeps the order
    /// of a CROSS JOIN: it would else begin with the orders of the regions, which are all of them.
    fn entries(self) -> (String, &'static str) {
        let tail = match self {
            Which::All => return (JOINED.to_owned(), ""),
            Which::Tail => "volume_tail".to_owned(),
            Which::Taken => format!("(SELECT count_id FROM volume_tail WHERE taken LIMIT {MOST_TAKEN})"),
        };
        let joined = concat!("t CROSS JOIN ledger_counts c JOIN order_lines l ON l.id = c.line_id", told_apart!());
        (format!("FROM {tail} {joined}"), " AND c.id = t.count_id")
    }
    /// All entries of the lines of which something is among these, in the same way.
    fn of_lines(self) -> (String, &'static str) {
        let tail = match self {
            Which::All => return (JOINED.to_owned(), ""),
            Which::Tail => "(SELECT DISTINCT line_id FROM volume_tail)".to_owned(),
            Which::Taken => format!("(SELECT DISTINCT line_id FROM volume_tail WHERE taken LIMIT {MOST_TAKEN})"),
        };
        let joined = concat!("t CROSS JOIN order_lines l CROSS JOIN ledger_counts c", told_apart!());
        (format!("FROM {tail} {joined}"), " AND l.id = t.line_id AND c.order_id = l.order_id AND c.line_id = l.id")
    }
}
/// Those of a basis and some months that are within reach.
pub const WITHIN: &str = " WHERE c.basis = $1 AND c.standing <> 'void' AND c.month >= $2 AND c.month <= $3
    AND o.unit_region >= $4 AND o.unit_region < $5
    AND ($6 = '' OR o.unit_id IN (SELECT d.descendant_id FROM unit_closure d
        WHERE d.valid_from <= $6 AND d.valid_to > $6 AND d.ancestor_id = $7 AND d.depth <= $8))";
/// Several counties: only these need to be split entry by entry.
pub const SEVERAL: &str = "LIKE '%,{%'";

fn selected(apart: Apart) -> String {
    let column = |n: usize| if apart[n] { COLUMNS[n] } else { "''" };
    (0..WIDTH).map(|n| format!("{} AS {}", column(n), NAMES[n])).collect::<Vec<_>>().join(", ")
}

fn grouped(apart: Apart, columns: [&'static str; WIDTH]) -> String {
    let groups: Vec<&str> = (0..WIDTH).filter(|n| apart[*n]).map(|n| columns[n]).collect();
    if groups.is_empty() { String::new() } else { format!(" GROUP BY {}", groups.join(", ")) }
}

const AMOUNT: &str = "CAST(COALESCE(SUM(c.amount_fen), 0) AS BIGINT) AS amount";

/// Sums of entries by the asked columns. When the origin is among them, lines of several counties are left out.
pub fn added(on: &mut Read, of: &VolumesOf<'_>, which: Which) -> Outcome<Vec<Volume>> {
    let single = if of.apart[0] { format!(" AND l.origins NOT {SEVERAL}") } else { String::new() };
    let (columns, by) = (selected(of.apart), grouped(of.apart, COLUMNS));
    let (entries, meant) = which.entries();
    let text = format!("SELECT {columns}, {AMOUNT} {entries}{WITHIN}{meant}{single}{by}");
    Ok(each!(on, c => sql_query(text)
        .bind::<Text, _>(of.basis.as_str()).bind::<Text, _>(of.from).bind::<Text, _>(of.to)
        .bind::<Text, _>(&of.reach.from).bind::<Text, _>(&of.reach.below)
        .bind::<Text, _>(of.reach.day()).bind::<Binary, _>(of.reach.root()).bind::<BigInt, _>(of.reach.depth())
        .load(c))?)
}

/// Every entry, of any month, of lines of several counties of which something is among those asked for, in the order in which they were
/// counted: the split of an entry depends on those counted before it, and one that is dated back may lie in an earlier month
/// than they do.
pub fn pieces(on: &mut Read, of: &VolumesOf<'_>, which: Which) -> Outcome<Vec<Piece>> {
    let mut apart = of.apart;
    apart[1] = true;
    let (entries, meant) = which.of_lines();
    let text = format!(
        "SELECT c.line_id AS line_id, c.standing AS standing, c.class_no AS class_no,
        CASE WHEN w.count_id IS NULL THEN 'folded' WHEN w.taken THEN 'taken' ELSE 'waits' END AS stage,
        {}, c.amount_fen AS amount {entries} LEFT JOIN volume_tail w ON w.count_id = c.id{WITHIN}{meant}
        AND l.origins {SEVERAL} ORDER BY c.at, c.id",
        selected(apart)
    );
    Ok(each!(on, c => sql_query(text)
        .bind::<Text, _>(of.basis.as_str()).bind::<Text, _>("").bind::<Text, _>("~")
        .bind::<Text, _>(&of.reach.from).bind::<Text, _>(&of.reach.below)
        .bind::<Text, _>(of.reach.day()).bind::<Binary, _>(of.reach.root()).bind::<BigInt, _>(of.reach.depth())
        .load(c))?)
}

/// Sums of what was folded in, by the asked columns, of purchasers in some regions and goods of some counties.
pub fn folded(on: &mut Read, of: &VolumesOf<'_>, (county_from, county_below): (&str, &str)) -> Outcome<Vec<Volume>> {
    let column = |n: usize| if of.apart[n] { NAMES[n] } else { "''" };
    let columns: Vec<String> = (0..WIDTH).map(|n| format!("{} AS {}", column(n), NAMES[n])).collect();
    let text = format!(
        "SELECT {}, {AMOUNT} FROM volume_sums c WHERE c.basis = $1 AND c.month >= $2 AND c.month <= $3
        AND c.purchaser_region >= $4 AND c.purchaser_region < $5 AND c.county >= $6 AND c.county < $7{}",
        columns.join(", "),
        grouped(of.apart, NAMES)
    );
    Ok(each!(on, c => sql_query(text)
        .bind::<Text, _>(of.basis.as_str()).bind::<Text, _>(of.from).bind::<Text, _>(of.to)
        .bind::<Text, _>(&of.reach.from).bind::<Text, _>(&of.reach.below)
        .bind::<Text, _>(county_from).bind::<Text, _>(county_below)
        .load(c))?)
}
