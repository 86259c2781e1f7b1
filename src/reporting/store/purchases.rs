//! SQL of what an organisation bought, by its counting entries; and of what it declared, beside it.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderLineId, OrgId, PurchaseCommitmentId};
use crate::kernel::terms::Basis;
use crate::platform::db::Read;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};

/// A sum of counting entries, or (with its line) one entry.
#[derive(Debug, Clone, QueryableByName)]
pub struct BoughtRow {
    #[diesel(sql_type = Binary)]
    pub line_id: Vec<u8>,
    #[diesel(sql_type = Text)]
    pub standing: String,
    #[diesel(sql_type = BigInt)]
    pub class_no: i64,
    #[diesel(sql_type = Text)]
    pub origins: String,
    #[diesel(sql_type = Text)]
    pub month: String,
    #[diesel(sql_type = Text)]
    pub purpose: String,
    #[diesel(sql_type = Binary)]
    pub supplier_id: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    pub amount: i64,
}

impl BoughtRow {
    /// The line of a single entry.
    pub fn line(&self) -> Option<OrderLineId> {
        self.line_id.as_slice().try_into().ok().map(OrderLineId)
    }
    /// Who sold.
    pub fn supplier(&self) -> Option<OrgId> {
        self.supplier_id.as_slice().try_into().ok().map(OrgId)
    }
}

/// What counts for an organisation: its own entries in the ledger, so that after a merger they are the successor's.
const SOURCE: &str = "FROM ledger_counts c JOIN order_lines l ON l.id = c.line_id JOIN orders o ON o.id = c.order_id
    WHERE c.basis = $1 AND c.standing <> 'void' AND c.unit_id = $2 AND c.month >= $3 AND c.month <= $4";
/// Several counties: only these need to be split entry by entry.
const SEVERAL: &str = "LIKE '%,{%'";

/// Sums of lines of one county by county, purpose and supplier, in some months.
pub fn of_one_county(on: &mut Read, unit: OrgId, months: (&str, &str)) -> Outcome<Vec<BoughtRow>> {
    let none = if on.is_postgres() { "''::bytea" } else { "x''" };
    let text = format!(
        "SELECT {none} AS line_id, '' AS standing, CAST(0 AS BIGINT) AS class_no, l.origins AS origins, '' AS month, o.purpose AS purpose, o.supplier_id AS supplier_id,
            CAST(SUM(c.amount_fen) AS BIGINT) AS amount
        {SOURCE} AND l.origins NOT {SEVERAL} GROUP BY l.origins, o.purpose, o.supplier_id"
    );
    run(on, unit, &text, months)
}

/// Every entry of lines of several counties, of any month, in the order in which they were counted: the split of an entry depends on those
/// counted before it.
pub fn of_several_counties(on: &mut Read, unit: OrgId) -> Outcome<Vec<BoughtRow>> {
    let text = format!(
        "SELECT c.line_id AS line_id, c.standing AS standing, c.class_no AS class_no, l.origins AS origins, c.month AS month, o.purpose AS purpose,
            o.supplier_id AS supplier_id, c.amount_fen AS amount
        {SOURCE} AND l.origins {SEVERAL} ORDER BY c.at, c.id"
    );
    run(on, unit, &text, ("", "~"))
}

fn run(on: &mut Read, unit: OrgId, text: &str, (from, to): (&str, &str)) -> Outcome<Vec<BoughtRow>> {
    Ok(each!(on, c => sql_query(text).bind::<Text, _>(Basis::AcceptedPaid.as_str()).bind::<Binary, _>(unit)
        .bind::<Text, _>(from).bind::<Text, _>(to).load(c))?)
}

/// How many orders of a purpose there are.
#[derive(Debug, Clone, QueryableByName)]
pub struct OrdersRow {
    #[diesel(sql_type = Text)]
    pub purpose: String,
    #[diesel(sql_type = BigInt)]
    pub orders: i64,
}

/// Orders of which something was accepted and paid in some months, by purpose; not those whose amounts come to nothing.
pub fn orders(on: &mut Read, unit: OrgId, (from, to): (&str, &str)) -> Outcome<Vec<OrdersRow>> {
    let text = format!(
        "SELECT purpose, COUNT(*) AS orders FROM (SELECT o.purpose AS purpose, c.order_id AS order_id {SOURCE}
            GROUP BY o.purpose, c.order_id HAVING SUM(c.amount_fen) <> 0) AS counted GROUP BY purpose ORDER BY purpose"
    );
    Ok(each!(on, c => sql_query(&text).bind::<Text, _>(Basis::AcceptedPaid.as_str()).bind::<Binary, _>(unit)
        .bind::<Text, _>(from).bind::<Text, _>(to).load(c))?)
}

/// Helped sales that count, of a county.
#[derive(Debug, Clone, QueryableByName)]
pub struct HelpedRow {
    #[diesel(sql_type = Text)]
    pub county: String,
    #[diesel(sql_type = BigInt)]
    pub sales: i64,
    #[diesel(sql_type = BigInt)]
    pub amount: i64,
}

/// Helped sales of an organisation that were verified, by the county in which they were, of a year.
pub fn helped(on: &mut Read, org: OrgId, year: i64) -> Outcome<Vec<HelpedRow>> {
    let text = "SELECT e.county AS county, CAST(SUM(e.activities) AS BIGINT) AS sales, CAST(SUM(e.amount_fen) AS BIGINT) AS amount
        FROM donation_entries e WHERE e.kind = 'helped_sale' AND e.org_id = $1 AND e.year = $2
        GROUP BY e.county HAVING SUM(e.activities) <> 0 OR SUM(e.amount_fen) <> 0 ORDER BY e.county";
    Ok(each!(on, c => sql_query(text).bind::<Binary, _>(org).bind::<Text, _>(year.to_string()).load(c))?)
}

/// A commitment that stands, with its terms.
#[derive(Debug, Clone, QueryableByName)]
pub struct CommittedRow {
    #[diesel(sql_type = Binary)]
    pub id: PurchaseCommitmentId,
    #[diesel(sql_type = Binary)]
    pub org_id: OrgId,
    #[diesel(sql_type = Binary)]
    pub office_id: OrgId,
    #[diesel(sql_type = BigInt)]
    pub revision: i64,
    #[diesel(sql_type = Text)]
    pub from_month: String,
    #[diesel(sql_type = Text)]
    pub to_month: String,
    #[diesel(sql_type = BigInt)]
    pub amount_fen: i64,
    #[diesel(sql_type = Nullable<Text>)]
    pub region_code: Option<String>,
    #[diesel(sql_type = Nullable<Binary>)]
    pub supplier_id: Option<OrgId>,
}

/// Whose commitments: of a region's offices or organisations, or of one organisation.
#[derive(Debug, Clone)]
pub struct CommittedOf {
    /// From this code …
    pub from: String,
    /// … below this one.
    pub below: String,
    /// Only this organisation's.
    pub org: Option<OrgId>,
}

/// Commitments of a year that stand, in the order of their ids.
pub fn committed(on: &mut Read, year: i64, of: &CommittedOf) -> Outcome<Vec<CommittedRow>> {
    let text = "SELECT p.id AS id, p.org_id AS org_id, p.office_id AS office_id, r.revision AS revision, r.from_month AS from_month,
            r.to_month AS to_month, r.amount_fen AS amount_fen, r.region_code AS region_code, r.supplier_id AS supplier_id
        FROM purchase_commitments p JOIN purchase_commitment_revisions r ON r.commitment_id = p.id AND r.revision = p.in_force
        WHERE p.year = $1 AND ((p.office_region >= $2 AND p.office_region < $3) OR (p.org_region >= $2 AND p.org_region < $3))
        AND ($4 = '' OR p.org_id = $5) ORDER BY p.id";
    let named = if of.org.is_some() { "own" } else { "" };
    let org = of.org.map_or_else(Vec::new, |org| org.0.to_vec());
    Ok(each!(on, c => sql_query(text).bind::<BigInt, _>(year).bind::<Text, _>(&of.from).bind::<Text, _>(&of.below)
        .bind::<Text, _>(named).bind::<Binary, _>(&org).load(c))?)
}
