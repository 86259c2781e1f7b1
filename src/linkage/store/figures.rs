//! SQL of what is counted of households.

use super::Reach;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{HouseholdListId, OrgId, ProductId};
use crate::linkage::rules::ClaimState;
use crate::linkage::schema::household_claims as claims;
use crate::platform::db::Read;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Text};

/// What rows are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Everything together.
    All,
    /// Each year.
    Year,
    /// Each county and year.
    County,
}

/// What a row is divided into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Nothing.
    Whole,
    /// Wage, asset, business.
    Kind,
    /// Registered poor and others.
    Class,
}

/// Households counted once each.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct FigureRow {
    #[diesel(sql_type = Text)]
    pub county: String,
    #[diesel(sql_type = BigInt)]
    pub year: i64,
    #[diesel(sql_type = Text)]
    pub part: String,
    #[diesel(sql_type = BigInt)]
    pub households: i64,
    #[diesel(sql_type = BigInt)]
    pub persons: i64,
    #[diesel(sql_type = BigInt)]
    pub amount_fen: i64,
}

/// Counts what counts in counties and years. Inside is one row a household: of its persons the largest number that anybody
/// claims, of amounts their sum.
pub fn figures(on: &mut Read, reach: &Reach, (first, last): (i64, i64), by: By, part: Part) -> Outcome<Vec<FigureRow>> {
    let (county, year) = match by {
        By::All => ("''", "CAST(0 AS BIGINT)"),
        By::Year => ("''", "year"),
        By::County => ("county", "year"),
    };
    let part = match part {
        Part::Whole => "''",
        Part::Kind => "kind",
        Part::Class => "class",
    };
    let text = format!(
        "SELECT county, year, part, COUNT(*) AS households, CAST(SUM(persons) AS BIGINT) AS persons,
            CAST(SUM(amount_fen) AS BIGINT) AS amount_fen
        FROM (SELECT {county} AS county, {year} AS year, {part} AS part, household, MAX(persons) AS persons, SUM(amount_fen) AS amount_fen
            FROM household_claims
            WHERE state = 'counts' AND year >= $1 AND year <= $2 AND household_claims.county >= $3 AND household_claims.county < $4
            GROUP BY 1, 2, 3, household) AS once
        GROUP BY county, year, part ORDER BY county, year, part"
    );
    Ok(each!(on, c => sql_query(&text).bind::<BigInt, _>(first).bind::<BigInt, _>(last).bind::<Text, _>(&reach.0)
        .bind::<Text, _>(&reach.1).load(c))?)
}

/// What a household gained by a product in a year.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct GainRow {
    #[diesel(sql_type = BigInt)]
    pub year: i64,
    #[diesel(sql_type = Binary)]
    pub household: Vec<u8>,
    #[diesel(sql_type = Binary)]
    pub product_id: ProductId,
    #[diesel(sql_type = Text)]
    pub product_name: String,
    #[diesel(sql_type = Binary)]
    pub org_id: OrgId,
    #[diesel(sql_type = Text)]
    pub supplier_name: String,
    #[diesel(sql_type = Text)]
    pub county: String,
    #[diesel(sql_type = BigInt)]
    pub amount_fen: i64,
}

/// What counts of each household by product, household by household.
pub fn gains(on: &mut Read, reach: &Reach, (first, last): (i64, i64)) -> Outcome<Vec<GainRow>> {
    let text = "SELECT c.year AS year, c.household AS household, l.product_id AS product_id, MAX(l.product_name) AS product_name,
        l.org_id AS org_id, MAX(l.supplier_name) AS supplier_name, l.county AS county, CAST(SUM(c.amount_fen) AS BIGINT) AS amount_fen
        FROM household_claims c JOIN household_lists l ON l.id = c.list_id
        WHERE c.state = 'counts' AND c.year >= $1 AND c.year <= $2 AND c.county >= $3 AND c.county < $4
        GROUP BY c.year, c.household, l.product_id, l.org_id, l.county ORDER BY c.year, c.household, l.product_id, l.org_id";
    Ok(each!(on, c => sql_query(text).bind::<BigInt, _>(first).bind::<BigInt, _>(last).bind::<Text, _>(&reach.0)
        .bind::<Text, _>(&reach.1).load(c))?)
}

/// How many households these lists claim that count, each once.
pub fn households_of(on: &mut Read, lists: &[HouseholdListId]) -> Outcome<i64> {
    Ok(each!(on, c => claims::table.filter(claims::list_id.eq_any(lists)).filter(claims::state.eq(ClaimState::Counts))
        .select(sql::<BigInt>("COUNT(DISTINCT household)")).first(c))?)
}

/// Double claims of these years that wait for an office and of which a side lies in these counties.
pub fn open_double_claims(on: &mut Read, reach: &Reach, (first, last): (i64, i64)) -> Outcome<i64> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let text = "SELECT COUNT(*) AS n FROM household_double_claims d WHERE d.status = 'open' AND d.year >= $1 AND d.year <= $2
        AND EXISTS (SELECT 1 FROM household_claims c WHERE c.household = d.household AND c.year = d.year AND c.kind = d.kind
            AND c.state <> 'fallen' AND c.county >= $3 AND c.county < $4)";
    let count: Count = each!(on, c => sql_query(text).bind::<BigInt, _>(first).bind::<BigInt, _>(last)
        .bind::<Text, _>(&reach.0).bind::<Text, _>(&reach.1).get_result(c))?;
    Ok(count.n)
}
