//! Double claims with all their sides, for offices and auditors.

use super::reach;
use crate::certification::{BeneficiaryClass, LinkageKind};
use crate::kernel::actor::Scope;
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{DoubleClaimId, DoubleClaimSettlementId, HouseholdListId, OrgId, ProductId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::At;
use crate::linkage::rules::{ClaimState, DoubleClaimStatus};
use crate::linkage::store::{self, ClaimRow, DoubleClaimRow, ListRow, Reach, SettlementRow, WantedDoubleClaims};
use crate::platform::db::Read;
use crate::platform::http::etag;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// A claim of one supplier.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DoubleClaimSide {
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
    /// The row, by its place in the list.
    pub row_no: i64,
    /// What the household is said to be registered as.
    pub class: BeneficiaryClass,
    /// Its persons.
    pub persons: i64,
    /// What it is said to have gained.
    #[schema(value_type = i64)]
    pub amount_fen: Fen,
    /// Whether the row counts.
    pub state: ClaimState,
}

/// What an office decided.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DoubleClaimSettlementView {
    /// Its id.
    pub id: DoubleClaimSettlementId,
    /// The list that was named.
    pub stands_list_id: HouseholdListId,
    /// The supplier whose claim stands.
    pub stands_supplier_id: OrgId,
    /// Why.
    pub reason: String,
    /// The office.
    pub office_org_id: OrgId,
    /// Who answers for it.
    pub decided_by: UserId,
    /// When.
    pub decided_at: At,
}

impl From<SettlementRow> for DoubleClaimSettlementView {
    fn from(row: SettlementRow) -> DoubleClaimSettlementView {
        DoubleClaimSettlementView {
            id: row.id,
            stands_list_id: row.stands_list,
            stands_supplier_id: row.stands_org,
            reason: row.reason,
            office_org_id: row.office_org,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
        }
    }
}

/// One household that several suppliers claim for the same kind and year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DoubleClaimView {
    /// Its id.
    pub id: DoubleClaimId,
    /// Of which year.
    pub year: i64,
    /// Wage, asset or business.
    pub kind: LinkageKind,
    /// Where it stands.
    pub status: DoubleClaimStatus,
    /// When it was found.
    pub found_at: At,
    /// The claims that stand in lists now.
    pub sides: Vec<DoubleClaimSide>,
    /// What was decided, oldest first.
    pub settlements: Vec<DoubleClaimSettlementView>,
    /// Send it as If-Match with a settlement.
    #[schema(example = "\"v1\"")]
    pub etag: String,
    /// Its version; counts every change.
    #[serde(skip)]
    pub version: i64,
}

/// Double claims of which a side lies in scope, oldest first.
pub fn double_claims(
    on: &mut Read,
    scope: &Scope,
    (county, wanted): (Option<RegionCode>, &WantedDoubleClaims),
    page: &PageRequest,
) -> Outcome<Page<DoubleClaimView>> {
    let Some(reach) = reach(scope, county) else { return Ok(Page { items: Vec::new(), next: None }) };
    let rows = store::double_claims(on, &reach, wanted, page)?;
    let rows = Page::cut(rows, page, |row| vec![row.id.to_string()]);
    Ok(Page { items: views(on, rows.items)?, next: rows.next })
}

/// A double claim of which a side lies in scope.
pub fn double_claim(on: &mut Read, scope: &Scope, id: DoubleClaimId) -> Outcome<DoubleClaimView> {
    let row = store::double_claim(on, id)?.ok_or(Code::NotFound)?;
    let reach: Reach = reach(scope, None).ok_or(Code::NotFound)?;
    let view = views(on, vec![row])?.pop().ok_or(Code::NotFound)?;
    let in_reach =
        |side: &DoubleClaimSide| side.county.as_str() >= reach.0.as_str() && side.county.as_str() < reach.1.as_str();
    if view.sides.iter().any(in_reach) { Ok(view) } else { Err(Code::NotFound.into()) }
}

fn views(on: &mut Read, rows: Vec<DoubleClaimRow>) -> Outcome<Vec<DoubleClaimView>> {
    let households: BTreeSet<Vec<u8>> = rows.iter().map(|row| row.household.clone()).collect();
    let households: Vec<Vec<u8>> = households.into_iter().collect();
    let claims = store::standing_claims(on, &households, None)?;
    let lists: BTreeSet<HouseholdListId> = claims.iter().map(|claim| claim.list_id).collect();
    let lists: Vec<HouseholdListId> = lists.into_iter().collect();
    let lists: BTreeMap<HouseholdListId, ListRow> =
        store::lists_by_id(on, &lists)?.into_iter().map(|list| (list.id, list)).collect();
    let ids: Vec<DoubleClaimId> = rows.iter().map(|row| row.id).collect();
    let mut settlements: BTreeMap<DoubleClaimId, Vec<DoubleClaimSettlementView>> = BTreeMap::new();
    for row in store::settlements_of(on, &ids)? {
        settlements.entry(row.double_claim_id).or_default().push(row.into());
    }
    let view = |row: DoubleClaimRow| {
        let same =
            |claim: &&ClaimRow| claim.household == row.household && claim.year == row.year && claim.kind == row.kind;
        let sides = claims.iter().filter(same).filter_map(|claim| Some(side(claim, lists.get(&claim.list_id)?)));
        DoubleClaimView {
            id: row.id,
            year: row.year,
            kind: row.kind,
            status: row.status,
            found_at: row.found_at,
            sides: sides.collect(),
            settlements: settlements.remove(&row.id).unwrap_or_default(),
            etag: etag(row.version),
            version: row.version,
        }
    };
    Ok(rows.into_iter().map(view).collect())
}

fn side(claim: &ClaimRow, list: &ListRow) -> DoubleClaimSide {
    DoubleClaimSide {
        supplier_id: list.org_id,
        supplier_name: list.supplier_name.clone(),
        county: list.county,
        product_id: list.product_id,
        product_name: list.product_name.clone(),
        list_id: list.id,
        row_no: claim.row_no,
        class: claim.class,
        persons: claim.persons,
        amount_fen: claim.amount_fen,
        state: claim.state,
    }
}
