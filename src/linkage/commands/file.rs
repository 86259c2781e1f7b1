//! A supplier files the list of a product's households of a year.

use super::{record, weigh};
use crate::catalogue;
use crate::certification::{BeneficiaryClass, LinkageKind};
use crate::identity;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{HouseholdListId, ProductId};
use crate::kernel::money::Fen;
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::linkage::households::Households;
use crate::linkage::rules::{self, ClaimState, HouseholdListStatus};
use crate::linkage::store::{self, ClaimRow, ListRow};
use crate::platform::db::Tx;
use serde_json::json;
use std::collections::BTreeSet;

/// A list as it is filed. It is no `Debug`: nothing may write down what names a household.
pub struct NewList<'a> {
    /// Whose linkage it shows.
    pub product: ProductId,
    /// Of which year.
    pub year: i64,
    /// Its rows.
    pub rows: Vec<NewRow<'a>>,
}

/// A row as it is filed.
pub struct NewRow<'a> {
    /// 户编号 or the householder's 身份证号.
    pub identity: &'a str,
    /// Wage, asset or business.
    pub kind: LinkageKind,
    /// What the household is registered as.
    pub class: BeneficiaryClass,
    /// Its persons.
    pub persons: i64,
    /// What it gained in the year.
    pub amount_fen: Fen,
}

/// Files a list: a new edition of the product's list of the year. What it claims twice with others is found at once.
///
/// # Errors
/// `not_found` for a product that is not the own one, `validation_failed` with every wrong row, `county_not_eligible` for a
/// supplier that is registered in no county, `amount_too_large`.
pub fn file(tx: &mut Tx<'_>, actor: &Actor, households: &Households, new: &NewList<'_>) -> Outcome<ListRow> {
    let product = catalogue::product(tx, &Scope::Org(actor.org_id), new.product)?;
    rules::check_year(new.year, tx.at().year())?;
    let named: Vec<(&str, LinkageKind)> = new.rows.iter().map(|row| (row.identity, row.kind)).collect();
    let hashes: Vec<Vec<u8>> =
        rules::normal_rows(&named).map_err(AppError::invalid)?.iter().map(|normal| households.hash(normal)).collect();
    let supplier = identity::organisation(tx, actor.org_id)?;
    store::claim_year(tx, new.year)?;
    let mut touched = replace(tx, actor, product.id, new.year)?;
    let distinct: BTreeSet<&Vec<u8>> = hashes.iter().collect();
    let list = ListRow {
        id: tx.new_id(),
        org_id: actor.org_id,
        supplier_name: supplier.name,
        county: county_of(&supplier.region_code)?,
        product_id: product.id,
        product_name: product.name,
        year: new.year,
        edition: store::last_edition(tx, product.id, new.year)? + 1,
        rows_total: count(new.rows.len())?,
        households: count(distinct.len())?,
        amount_fen: Fen::total(new.rows.iter().map(|row| row.amount_fen))?,
        status: HouseholdListStatus::Standing,
        checked: None,
        filed_by: actor.user_id,
        filed_at: tx.at(),
        version: 1,
    };
    store::insert_list(tx, &list)?;
    let claims = claims(&list, new, hashes);
    touched.extend(claims.iter().map(|claim| (claim.household.clone(), claim.kind)));
    store::insert_claims(tx, claims)?;
    let details = json!({ "product_id": list.product_id, "year": list.year, "edition": list.edition, "rows": list.rows_total,
        "households": list.households, "amount_fen": list.amount_fen });
    record(tx, Some(actor), &list, "household_list.filed", details)?;
    weigh::again(tx, list.year, &touched, Some(list.id))?;
    Ok(list)
}

/// The former edition no longer stands; which households and kinds it claimed.
fn replace(tx: &mut Tx<'_>, actor: &Actor, product: ProductId, year: i64) -> Outcome<BTreeSet<store::HouseholdKind>> {
    let Some(former) = store::standing_list(tx, product, year)? else { return Ok(BTreeSet::new()) };
    let touched = fall(tx, former.id, HouseholdListStatus::Replaced)?.1;
    record(tx, Some(actor), &former, "household_list.replaced", json!({ "year": year, "edition": former.edition }))?;
    Ok(touched)
}

/// Takes a list's claims away; the list as it is now, and what it claimed.
pub(super) fn fall(
    tx: &mut Tx<'_>,
    id: HouseholdListId,
    status: HouseholdListStatus,
) -> Outcome<(ListRow, BTreeSet<store::HouseholdKind>)> {
    let mut list = store::claim_list(tx, &Scope::Platform, id)?.ok_or(Code::NotFound)?;
    list.status = status;
    if store::save_list(tx, &list)? != 1 {
        return Err(Code::StaleVersion.into());
    }
    let touched = store::keys_of(tx, id)?.into_iter().collect();
    store::let_fall(tx, id)?;
    Ok((list, touched))
}

fn claims(list: &ListRow, new: &NewList<'_>, hashes: Vec<Vec<u8>>) -> Vec<ClaimRow> {
    let rows = (1..).zip(&new.rows).zip(hashes);
    rows.map(|((row_no, row), household)| ClaimRow {
        list_id: list.id,
        row_no,
        household,
        kind: row.kind,
        class: row.class,
        persons: row.persons,
        amount_fen: row.amount_fen,
        org_id: list.org_id,
        county: list.county,
        year: list.year,
        state: ClaimState::Counts,
    })
    .collect()
}

fn county_of(region: &RegionCode) -> Outcome<RegionCode> {
    let county = region.ancestors().into_iter().find(|region| region.level() == RegionLevel::County);
    county.ok_or_else(|| Code::CountyNotEligible.into())
}

fn count(rows: usize) -> Outcome<i64> {
    i64::try_from(rows).map_err(AppError::internal)
}
