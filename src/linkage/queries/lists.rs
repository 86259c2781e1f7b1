//! Lists and their rows, as suppliers, offices and auditors see them: never a household's number.

use crate::certification::{BeneficiaryClass, LinkageKind};
use crate::kernel::actor::Scope;
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{HouseholdCheckId, HouseholdListId, OrgId, ProductId, RuleId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::linkage::rules::{ClaimState, DoubleClaimStatus, HouseholdCheckResult, HouseholdListStatus};
use crate::linkage::store::{self, CheckRow, ListRow, WantedLists};
use crate::platform::db::Read;
use crate::platform::http::etag;
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A list of the households that a product's linkage reaches in a year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HouseholdListView {
    /// Its id.
    pub id: HouseholdListId,
    /// Who filed it.
    pub supplier_id: OrgId,
    /// The supplier's name.
    pub supplier_name: String,
    /// Where the supplier was registered then.
    pub county: RegionCode,
    /// Whose linkage it shows.
    pub product_id: ProductId,
    /// The product's name.
    pub product_name: String,
    /// Of which year.
    pub year: i64,
    /// Counts the lists of the product and year.
    pub edition: i64,
    /// Its rows.
    pub rows: i64,
    /// Distinct households in it.
    pub households: i64,
    /// What they gained, in all.
    #[schema(value_type = i64)]
    pub amount_fen: Fen,
    /// Whether it stands.
    pub status: HouseholdListStatus,
    /// What the last re-check came to; absent until then.
    pub checked: Option<HouseholdCheckResult>,
    /// When it was filed.
    pub filed_at: At,
    /// Send it as If-Match with a check.
    #[schema(example = "\"v1\"")]
    pub etag: String,
    /// Its version; counts every change.
    #[serde(skip)]
    pub version: i64,
}

impl From<ListRow> for HouseholdListView {
    fn from(row: ListRow) -> HouseholdListView {
        HouseholdListView {
            id: row.id,
            supplier_id: row.org_id,
            supplier_name: row.supplier_name,
            county: row.county,
            product_id: row.product_id,
            product_name: row.product_name,
            year: row.year,
            edition: row.edition,
            rows: row.rows_total,
            households: row.households,
            amount_fen: row.amount_fen,
            status: row.status,
            checked: row.checked,
            filed_at: row.filed_at,
            etag: etag(row.version),
            version: row.version,
        }
    }
}

/// A result of the yearly re-check.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HouseholdCheckView {
    /// Its id.
    pub id: HouseholdCheckId,
    /// Confirmed or rejected.
    pub result: HouseholdCheckResult,
    /// Why.
    pub reason: String,
    /// How many households were checked.
    pub checked_households: i64,
    /// The day by which the list was due.
    pub due_on: Day,
    /// The rule row that says so.
    pub rule_id: RuleId,
    /// The office.
    pub office_org_id: OrgId,
    /// Who answers for it.
    pub checked_by: UserId,
    /// When.
    pub checked_at: At,
}

impl From<CheckRow> for HouseholdCheckView {
    fn from(row: CheckRow) -> HouseholdCheckView {
        HouseholdCheckView {
            id: row.id,
            result: row.result,
            reason: row.reason,
            checked_households: row.checked_households,
            due_on: row.due_on,
            rule_id: row.rule_id,
            office_org_id: row.office_org,
            checked_by: row.checked_by,
            checked_at: row.checked_at,
        }
    }
}

/// A list with its checks.
#[derive(Debug, Serialize, ToSchema)]
pub struct HouseholdListDetail {
    /// The list.
    #[serde(flatten)]
    pub list: HouseholdListView,
    /// Its checks, oldest first.
    pub checks: Vec<HouseholdCheckView>,
}

/// A row of a list. Which household it is stands nowhere; the supplier knows it by its place.
#[derive(Debug, Serialize, ToSchema)]
pub struct HouseholdRowView {
    /// Its place in the list, from 1.
    pub row_no: i64,
    /// Wage, asset or business.
    pub kind: LinkageKind,
    /// What the household is registered as.
    pub class: BeneficiaryClass,
    /// Its persons.
    pub persons: i64,
    /// What it gained in the year.
    #[schema(value_type = i64)]
    pub amount_fen: Fen,
    /// Whether it counts.
    pub state: ClaimState,
    /// Another supplier claims the same household and kind in the year, and no office has settled it yet.
    pub disputed: bool,
}

/// A list in scope.
pub fn list(on: &mut Read, scope: &Scope, id: HouseholdListId) -> Outcome<HouseholdListDetail> {
    let row = store::list(on, scope, id)?.ok_or(Code::NotFound)?;
    let checks = store::checks_of(on, id)?.into_iter().map(HouseholdCheckView::from).collect();
    Ok(HouseholdListDetail { list: row.into(), checks })
}

/// Lists in scope, the latest first.
pub fn lists(
    on: &mut Read,
    scope: &Scope,
    wanted: &WantedLists,
    page: &PageRequest,
) -> Outcome<Page<HouseholdListView>> {
    let rows = store::lists(on, scope, wanted, page)?;
    Ok(Page::cut(rows, page, |row| vec![row.id.to_string()]).map(HouseholdListView::from))
}

/// The rows of a list in scope, in their order.
pub fn rows(on: &mut Read, scope: &Scope, id: HouseholdListId, page: &PageRequest) -> Outcome<Page<HouseholdRowView>> {
    let list = store::list(on, scope, id)?.ok_or(Code::NotFound)?;
    let rows = Page::cut(store::rows_of(on, id, page)?, page, |row| vec![row.row_no.to_string()]);
    let households: Vec<Vec<u8>> = rows.items.iter().map(|row| row.household.clone()).collect();
    let open = store::double_claims_of(on, &households, list.year)?;
    let open: BTreeSet<(Vec<u8>, LinkageKind)> = open
        .into_iter()
        .filter(|double| double.status == DoubleClaimStatus::Open)
        .map(|double| (double.household, double.kind))
        .collect();
    Ok(rows.map(|row| HouseholdRowView {
        disputed: row.state != ClaimState::Fallen && open.contains(&(row.household, row.kind)),
        row_no: row.row_no,
        kind: row.kind,
        class: row.class,
        persons: row.persons,
        amount_fen: row.amount_fen,
        state: row.state,
    }))
}
