//! How many households and persons are reached, each counted once.

use super::reach;
use crate::certification::{BeneficiaryClass, LinkageKind};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{HouseholdListId, OrgId, ProductId};
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::linkage::rules::shares_of_one;
use crate::linkage::store::{self, By, FigureRow, GainRow, Part, Reach};
use crate::platform::db::Read;
use crate::regions;
use serde::Serialize;
use std::collections::BTreeMap;
use std::str::FromStr;
use utoipa::ToSchema;

/// Households counted once each, whoever claims them and for whatever.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct HouseholdFigures {
    /// Distinct households.
    pub households: i64,
    /// Their persons: of each household the largest number that anybody claims.
    pub persons: i64,
    /// What they gained, in all.
    #[schema(value_type = i64)]
    pub amount_fen: Fen,
}

/// Households of one kind of linkage.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HouseholdsOfKind {
    /// Wage, asset or business.
    pub kind: LinkageKind,
    /// Counted once within the kind.
    #[serde(flatten)]
    pub figures: HouseholdFigures,
}

/// Households that are registered as one class.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HouseholdsOfClass {
    /// What they are registered as.
    pub class: BeneficiaryClass,
    /// Counted once within the class.
    #[serde(flatten)]
    pub figures: HouseholdFigures,
}

/// Households, and the same by kind and by class. A household of two kinds is in both, so that parts may add up to more.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct HouseholdCount {
    /// In all.
    #[serde(flatten)]
    pub figures: HouseholdFigures,
    /// By kind.
    pub kinds: Vec<HouseholdsOfKind>,
    /// By class.
    pub classes: Vec<HouseholdsOfClass>,
}

/// The households of a year.
#[derive(Debug, Serialize, ToSchema)]
pub struct HouseholdsOfYear {
    /// The year.
    pub year: i64,
    /// Counted once within the year.
    pub count: HouseholdCount,
    /// Where the lists are that it counts.
    pub lists: String,
}

/// The households of a county in a year.
#[derive(Debug, Serialize, ToSchema)]
pub struct HouseholdsOfCounty {
    /// The county where the suppliers were registered.
    pub county: RegionCode,
    /// Its name.
    pub county_name: String,
    /// The year.
    pub year: i64,
    /// Counted once within the county and year.
    pub count: HouseholdCount,
    /// Where the lists are that it counts.
    pub lists: String,
}

/// Households reached. Each part counts a household once: those of several years or counties are fewer than the sum of their rows.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkageReport {
    /// The first year.
    pub from_year: i64,
    /// The last year.
    pub to_year: i64,
    /// Of all years and counties.
    pub total: HouseholdCount,
    /// Year by year.
    pub years: Vec<HouseholdsOfYear>,
    /// County by county and year by year.
    pub counties: Vec<HouseholdsOfCounty>,
    /// Double claims that wait for an office: their amounts count on each side until then, the household once.
    pub open_double_claims: i64,
    /// The same households as shares of the products that reach them; only where they are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocated: Option<Vec<AllocatedHouseholds>>,
}

/// The households of a year that a product reaches, whole and as its share of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct AllocatedHouseholds {
    /// The year.
    pub year: i64,
    /// The county where the supplier was registered.
    pub county: RegionCode,
    /// The supplier.
    pub organisation_id: OrgId,
    /// Its name.
    pub organisation_name: String,
    /// The product.
    pub product_id: ProductId,
    /// Its name.
    pub product_name: String,
    /// The households that it reaches: those that others reach too are in each.
    pub households: i64,
    /// Its share of them, in millionths of a household: of each by what it gained from each product, so that the shares of a year sum to
    /// its distinct households exactly.
    pub share_millionths: i64,
    /// What they gained from it, in fen.
    #[schema(value_type = i64)]
    pub amount_fen: Fen,
    /// Where its lists are.
    pub lists: String,
}

/// How many households are reached by some products together, each counted once: by the list of each product that stands for a year, or by
/// its latest one before; and how many of the products have any.
///
/// # Errors
/// When the database fails.
pub fn households_behind(on: &mut Read, products: &[ProductId], year: i64) -> Outcome<(i64, usize)> {
    let mut latest: BTreeMap<ProductId, HouseholdListId> = BTreeMap::new();
    for (list, product, _) in store::lists_until(on, products, year)? {
        latest.entry(product).or_insert(list);
    }
    let lists: Vec<HouseholdListId> = latest.values().copied().collect();
    Ok((store::households_of(on, &lists)?, latest.len()))
}

/// Counts what counts in the region and years.
///
/// # Errors
/// When the database fails.
pub fn linkage(
    on: &mut Read,
    actor: &Actor,
    region: Option<RegionCode>,
    (first, last): (i64, i64),
    allocated: bool,
) -> Outcome<LinkageReport> {
    let nowhere: Reach = (String::new(), String::new());
    let reach = reach(&actor.scope, region).unwrap_or(nowhere);
    let years = (first, last);
    let mut total = counts(on, &reach, years, By::All)?;
    let by_year = counts(on, &reach, years, By::Year)?;
    let by_county = counts(on, &reach, years, By::County)?;
    let names = regions::names(on)?;
    let of_county = |((county, year), count): ((String, i64), HouseholdCount)| {
        let county: RegionCode = county.parse().map_err(AppError::internal)?;
        let county_name = names.get(&county).cloned().unwrap_or_default();
        let lists = lists_of(year, Some(county), None);
        Ok(HouseholdsOfCounty { county, county_name, year, count, lists })
    };
    let of_year = |((_, year), count): ((String, i64), HouseholdCount)| {
        let lists = lists_of(year, region, None);
        HouseholdsOfYear { year, count, lists }
    };
    Ok(LinkageReport {
        from_year: first,
        to_year: last,
        total: total.pop_first().map(|(_, count)| count).unwrap_or_default(),
        years: by_year.into_iter().map(of_year).collect(),
        counties: by_county.into_iter().map(of_county).collect::<Outcome<_>>()?,
        open_double_claims: store::open_double_claims(on, &reach, years)?,
        allocated: if allocated { Some(allocate(&store::gains(on, &reach, years)?)?) } else { None },
    })
}

/// Where the lists of a year are that count, of a county and a product where these are told apart.
fn lists_of(year: i64, county: Option<RegionCode>, product: Option<ProductId>) -> String {
    let county = county.map_or_else(String::new, |code| format!("&county={code}"));
    let product = product.map_or_else(String::new, |id| format!("&product={id}"));
    format!("/api/v1/household-lists?year={year}&status=standing{county}{product}")
}

/// Gives each household of a year to the products that reach it, by what it gained from each.
fn allocate(gains: &[GainRow]) -> Outcome<Vec<AllocatedHouseholds>> {
    let mut found: BTreeMap<(i64, &str, OrgId, ProductId), AllocatedHouseholds> = BTreeMap::new();
    for household in gains.chunk_by(|one, next| (one.year, &one.household) == (next.year, &next.household)) {
        let amounts: Vec<i64> = household.iter().map(|gain| gain.amount_fen).collect();
        for (gain, share) in household.iter().zip(shares_of_one(&amounts)) {
            let county: RegionCode = gain.county.parse().map_err(AppError::internal)?;
            let key = (gain.year, gain.county.as_str(), gain.org_id, gain.product_id);
            let row = found.entry(key).or_insert_with(|| AllocatedHouseholds {
                year: gain.year,
                county,
                organisation_id: gain.org_id,
                organisation_name: gain.supplier_name.clone(),
                product_id: gain.product_id,
                product_name: gain.product_name.clone(),
                households: 0,
                share_millionths: 0,
                amount_fen: Fen::ZERO,
                lists: lists_of(gain.year, Some(county), Some(gain.product_id)),
            });
            row.households += 1;
            row.share_millionths += share;
            row.amount_fen = row.amount_fen.plus(Fen::new(gain.amount_fen))?;
        }
    }
    Ok(found.into_values().collect())
}

type Counts = BTreeMap<(String, i64), HouseholdCount>;

fn counts(on: &mut Read, reach: &Reach, years: (i64, i64), by: By) -> Outcome<Counts> {
    let mut counts = Counts::new();
    for row in store::figures(on, reach, years, by, Part::Whole)? {
        let count = HouseholdCount { figures: figures(&row), ..HouseholdCount::default() };
        counts.insert((row.county, row.year), count);
    }
    for row in store::figures(on, reach, years, by, Part::Kind)? {
        let of_kind = HouseholdsOfKind { kind: word(&row.part)?, figures: figures(&row) };
        counts.entry((row.county, row.year)).or_default().kinds.push(of_kind);
    }
    for row in store::figures(on, reach, years, by, Part::Class)? {
        let of_class = HouseholdsOfClass { class: word(&row.part)?, figures: figures(&row) };
        counts.entry((row.county, row.year)).or_default().classes.push(of_class);
    }
    Ok(counts)
}

fn figures(row: &FigureRow) -> HouseholdFigures {
    HouseholdFigures { households: row.households, persons: row.persons, amount_fen: Fen::new(row.amount_fen) }
}

fn word<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Outcome<T> {
    text.parse().map_err(AppError::internal)
}
