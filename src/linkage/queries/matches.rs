//! Which households of an office's list are claimed in its region.

use super::reach;
use crate::certification::LinkageKind;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{HouseholdListId, OrgId, ProductId};
use crate::kernel::region_code::RegionCode;
use crate::linkage::households::Households;
use crate::linkage::rules::{ClaimState, MOST_NAMED};
use crate::linkage::store::{self, ClaimRow, ListRow};
use crate::platform::db::Read;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A claim of a household.
#[derive(Debug, Serialize, ToSchema)]
pub struct HouseholdMatchClaim {
    /// The supplier.
    pub supplier_id: OrgId,
    /// Its name.
    pub supplier_name: String,
    /// Where it was registered when it filed the list.
    pub county: RegionCode,
    /// The product.
    pub product_id: ProductId,
    /// Its name.
    pub product_name: String,
    /// The list.
    pub list_id: HouseholdListId,
    /// Of which year.
    pub year: i64,
    /// Wage, asset or business.
    pub kind: LinkageKind,
    /// Whether it counts.
    pub state: ClaimState,
}

/// What is known of one household of the request.
#[derive(Debug, Serialize, ToSchema)]
pub struct HouseholdMatch {
    /// Its place in the request, from 0; its number is not repeated.
    pub index: usize,
    /// Claims in standing lists of the region, oldest list first.
    pub claims: Vec<HouseholdMatchClaim>,
}

/// What is known of households, by their place in the request.
#[derive(Debug, Serialize, ToSchema)]
pub struct HouseholdMatches {
    /// One for each household that was asked for.
    pub items: Vec<HouseholdMatch>,
    /// How many of them are claimed.
    pub matched: usize,
}

/// Looks households up in the caller's region.
///
/// # Errors
/// `validation_failed` with every text that names no household.
pub fn matches(
    on: &mut Read,
    actor: &Actor,
    households: &Households,
    identities: &[String],
) -> Outcome<HouseholdMatches> {
    let (mut hashes, mut wrong) = (Vec::with_capacity(identities.len()), Vec::new());
    for (n, text) in identities.iter().enumerate() {
        match households.hash_of(text) {
            Ok(hash) => hashes.push(hash),
            Err(fault) => wrong.push(fault.at(format!("/identities/{n}"))),
        }
    }
    if !wrong.is_empty() {
        wrong.truncate(MOST_NAMED);
        return Err(AppError::invalid(wrong));
    }
    let mut distinct = hashes.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let mut claims = store::standing_claims(on, &distinct, None)?;
    let reach = reach(&actor.scope, None).unwrap_or_default();
    claims.retain(|claim| claim.county.as_str() >= reach.0.as_str() && claim.county.as_str() < reach.1.as_str());
    let mut lists: Vec<HouseholdListId> = claims.iter().map(|claim| claim.list_id).collect();
    lists.sort_unstable();
    lists.dedup();
    let lists: BTreeMap<HouseholdListId, ListRow> =
        store::lists_by_id(on, &lists)?.into_iter().map(|list| (list.id, list)).collect();
    let mut by_household: BTreeMap<&[u8], Vec<&ClaimRow>> = BTreeMap::new();
    for claim in &claims {
        by_household.entry(&claim.household).or_default().push(claim);
    }
    let found = |(index, hash): (usize, &Vec<u8>)| {
        let claims = by_household.get(hash.as_slice()).map(Vec::as_slice).unwrap_or_default();
        let claims = claims.iter().filter_map(|claim| Some(view(claim, lists.get(&claim.list_id)?)));
        HouseholdMatch { index, claims: claims.collect() }
    };
    let items: Vec<HouseholdMatch> = hashes.iter().enumerate().map(found).collect();
    let matched = items.iter().filter(|item| !item.claims.is_empty()).count();
    Ok(HouseholdMatches { items, matched })
}

fn view(claim: &ClaimRow, list: &ListRow) -> HouseholdMatchClaim {
    HouseholdMatchClaim {
        supplier_id: list.org_id,
        supplier_name: list.supplier_name.clone(),
        county: list.county,
        product_id: list.product_id,
        product_name: list.product_name.clone(),
        list_id: list.id,
        year: claim.year,
        kind: claim.kind,
        state: claim.state,
    }
}
