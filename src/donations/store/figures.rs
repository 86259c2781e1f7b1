//! SQL of what is counted: activities and amounts, and units, cadres and households once each.

use super::Seen;
use crate::donations::rules::DeclarationKind;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::db::Read;
use crate::platform::secret::hex;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

/// What figures are told apart by: a column of the place and one of the period, or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Apart {
    /// `county`, `township` or `region_code`.
    pub place: Option<&'static str>,
    /// `month`, `quarter` or `year`.
    pub period: Option<&'static str>,
}

/// What is counted.
#[derive(Debug, Clone)]
pub struct FiguresOf<'a> {
    /// Whose.
    pub seen: &'a Seen,
    /// Activities or helped sales.
    pub kind: DeclarationKind,
    /// The first month.
    pub from: &'a str,
    /// The last month.
    pub to: &'a str,
    /// Only places of this region.
    pub region: Option<RegionCode>,
    /// By what was recorded until the end of this day.
    pub as_of: Day,
}

/// A sum.
#[derive(Debug, Clone, QueryableByName)]
pub struct SumRow {
    #[diesel(sql_type = Text)]
    pub place: String,
    #[diesel(sql_type = Text)]
    pub period: String,
    #[diesel(sql_type = BigInt)]
    pub n: i64,
    #[diesel(sql_type = BigInt)]
    pub amount: i64,
}

/// What is counted once each.
#[derive(Debug, Clone, QueryableByName)]
pub struct DistinctRow {
    #[diesel(sql_type = Text)]
    pub place: String,
    #[diesel(sql_type = Text)]
    pub period: String,
    /// `unit`, `cadre` or `household`; of households by class the class.
    #[diesel(sql_type = Text)]
    pub what: String,
    #[diesel(sql_type = BigInt)]
    pub n: i64,
    #[diesel(sql_type = BigInt)]
    pub amount: i64,
}

/// Greater than every region code.
const ABOVE_ALL: &str = "~";

impl Apart {
    fn columns(self, of: &str) -> String {
        let column = |name: Option<&str>| name.map_or_else(|| "''".to_owned(), |name| format!("{of}.{name}"));
        format!("{} AS place, {} AS period", column(self.place), column(self.period))
    }
}

impl FiguresOf<'_> {
    /// The places that the reader sees and asks for.
    fn reach(&self) -> (String, String) {
        let (mut from, mut below) = (String::new(), ABOVE_ALL.to_owned());
        let own = if let Seen::Region(code) = self.seen { Some(*code) } else { None };
        for code in [own, self.region].into_iter().flatten() {
            let (least, most) = code.subtree();
            (from, below) = (from.max(least), below.min(most));
        }
        (from, below)
    }

    /// The organisers that the reader sees. Their ids are ours and hold nothing but hexadecimal digits.
    fn organisers(&self, on: &Read, of: &str) -> String {
        let Seen::Organisers(own, others) = self.seen else { return String::new() };
        let postgres = on.is_postgres();
        let literal = |id: &[u8; 16]| {
            let digits = hex(id);
            if postgres { format!("'\\x{digits}'::bytea") } else { format!("x'{digits}'") }
        };
        let ids: Vec<String> = std::iter::once(own).chain(others).map(|org| literal(&org.0)).collect();
        format!("AND {of}.org_id IN ({})", ids.join(", "))
    }
}

const WHERE: &str =
    "WHERE e.kind = $1 AND e.month >= $2 AND e.month <= $3 AND e.region_code >= $4 AND e.region_code < $5";

/// Activities that count, and their amounts.
pub fn sums(on: &mut Read, of: &FiguresOf<'_>, apart: Apart) -> Outcome<Vec<SumRow>> {
    let text = format!(
        "SELECT {}, CAST(SUM(e.activities) AS BIGINT) AS n, CAST(SUM(e.amount_fen) AS BIGINT) AS amount
            FROM donation_entries e {WHERE} AND e.recorded_on <= $6 {} GROUP BY 1, 2",
        apart.columns("e"),
        of.organisers(on, "e")
    );
    run(on, of, &text)
}

/// Units, cadres and households, once each within what is told apart; or households by class.
pub fn distinct(on: &mut Read, of: &FiguresOf<'_>, apart: Apart, by_class: bool) -> Outcome<Vec<DistinctRow>> {
    let (what, only) = if by_class { ("p.class", "AND p.part = 'household'") } else { ("p.part", "") };
    let text = format!(
        "SELECT place, period, what, COUNT(*) AS n, CAST(SUM(amount) AS BIGINT) AS amount
            FROM (SELECT {}, {what} AS what, p.key AS key, SUM(p.amount_fen) AS amount
                FROM donation_entries e JOIN donation_entry_parts p ON p.entry_id = e.id
                {WHERE} AND e.recorded_on <= $6 {only} {}
                GROUP BY 1, 2, 3, p.key HAVING SUM(p.times) > 0) AS once
            GROUP BY place, period, what",
        apart.columns("e"),
        of.organisers(on, "e")
    );
    run(on, of, &text)
}

/// Declarations that wait for an office now, with what they say.
pub fn waiting(on: &mut Read, of: &FiguresOf<'_>, apart: Apart) -> Outcome<Vec<SumRow>> {
    let text = format!(
        "SELECT {}, COUNT(*) AS n, CAST(SUM(e.amount_fen) AS BIGINT) AS amount FROM donation_declarations e {WHERE}
            AND e.waits_for IS NOT NULL AND $6 <> '' {} GROUP BY 1, 2",
        apart.columns("e"),
        of.organisers(on, "e")
    );
    run(on, of, &text)
}

fn run<T>(on: &mut Read, of: &FiguresOf<'_>, text: &str) -> Outcome<Vec<T>>
where
    T: QueryableByName<diesel::sqlite::Sqlite> + QueryableByName<diesel::pg::Pg> + 'static,
{
    let (from, below) = of.reach();
    Ok(each!(on, c => sql_query(text)
        .bind::<Text, _>(of.kind).bind::<Text, _>(of.from).bind::<Text, _>(of.to)
        .bind::<Text, _>(&from).bind::<Text, _>(&below).bind::<Text, _>(of.as_of)
        .load(c))?)
}
