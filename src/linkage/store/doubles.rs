//! SQL of double claims and of what offices decided about them.

use super::AT_ONCE;
use crate::certification::LinkageKind;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{DoubleClaimId, DoubleClaimSettlementId, HouseholdListId, OrgId, UserId};
use crate::kernel::page::PageRequest;
use crate::kernel::time::At;
use crate::linkage::rules::{ClaimState, DoubleClaimStatus};
use crate::linkage::schema::{
    household_claims as claims, household_double_claims as doubles, household_settlements as settlements,
};
use crate::platform::db::{Read, Tx};
use crate::{each, later_rows};
use diesel::dsl::{exists, insert_into, update};
use diesel::prelude::*;

/// A stored double claim; between whom it was settled is JSON.
#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = doubles, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct DoubleClaimRow {
    pub id: DoubleClaimId,
    pub household: Vec<u8>,
    pub kind: LinkageKind,
    pub year: i64,
    pub status: DoubleClaimStatus,
    pub stands_org: Option<OrgId>,
    pub settled_between: Option<String>,
    pub found_at: At,
    pub version: i64,
}

/// A stored decision about a double claim.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = settlements, treat_none_as_default_value = false)]
pub struct SettlementRow {
    pub id: DoubleClaimSettlementId,
    pub double_claim_id: DoubleClaimId,
    pub stands_list: HouseholdListId,
    pub stands_org: OrgId,
    pub reason: String,
    pub office_org: OrgId,
    pub decided_by: UserId,
    pub decided_at: At,
}

/// Counties from the first to below the second.
pub type Reach = (String, String);

/// Which double claims are asked for.
#[derive(Debug, Clone, Default)]
pub struct WantedDoubleClaims {
    pub year: Option<i64>,
    pub status: Option<DoubleClaimStatus>,
}

pub fn insert_double_claims(tx: &mut Tx<'_>, rows: Vec<DoubleClaimRow>) -> Outcome<()> {
    if rows.is_empty() {
        return Ok(());
    }
    Ok(later_rows!(tx, doubles::table, rows)?)
}

/// Double claims of households in a year.
pub fn double_claims_of(on: &mut Read, households: &[Vec<u8>], year: i64) -> Outcome<Vec<DoubleClaimRow>> {
    let mut found = Vec::new();
    for some in households.chunks(AT_ONCE) {
        let rows: Vec<DoubleClaimRow> = each!(on, c => doubles::table.filter(doubles::household.eq_any(some))
            .filter(doubles::year.eq(year)).order(doubles::id).select(DoubleClaimRow::as_select()).load(c))?;
        found.extend(rows);
    }
    Ok(found)
}

/// Double claims stand so; what was decided about them stays.
pub fn move_double_claims(tx: &mut Tx<'_>, ids: &[DoubleClaimId], status: DoubleClaimStatus) -> Outcome<()> {
    for some in ids.chunks(AT_ONCE) {
        let changes = (doubles::status.eq(status), doubles::version.eq(doubles::version + 1));
        each!(tx, c => update(doubles::table.filter(doubles::id.eq_any(some))).set(changes).execute(c))?;
    }
    Ok(())
}

/// Double claims are where they were before any decision, or have ended; what was decided holds no more.
pub fn unsettle(tx: &mut Tx<'_>, ids: &[DoubleClaimId], status: DoubleClaimStatus) -> Outcome<()> {
    for some in ids.chunks(AT_ONCE) {
        each!(tx, c => update(doubles::table.filter(doubles::id.eq_any(some))).set((
            doubles::status.eq(status), doubles::stands_org.eq(None::<OrgId>), doubles::settled_between.eq(None::<String>),
            doubles::version.eq(doubles::version + 1),
        )).execute(c))?;
    }
    Ok(())
}

pub fn double_claim(on: &mut Read, id: DoubleClaimId) -> Outcome<Option<DoubleClaimRow>> {
    Ok(each!(on, c => doubles::table.find(id).select(DoubleClaimRow::as_select()).first(c).optional())?)
}

/// Writes a double claim that nobody has changed since it was read.
pub fn save_double_claim(tx: &mut Tx<'_>, row: &DoubleClaimRow) -> Outcome<usize> {
    Ok(
        each!(tx, c => update(doubles::table.find(row.id)).filter(doubles::version.eq(row.version - 1)).set(row).execute(c))?,
    )
}

pub fn insert_settlement(tx: &mut Tx<'_>, row: &SettlementRow) -> Outcome<()> {
    each!(tx, c => insert_into(settlements::table).values(row).execute(c))?;
    Ok(())
}

/// What was decided about double claims, oldest first.
pub fn settlements_of(on: &mut Read, ids: &[DoubleClaimId]) -> Outcome<Vec<SettlementRow>> {
    Ok(each!(on, c => settlements::table.filter(settlements::double_claim_id.eq_any(ids)).order(settlements::id)
        .select(SettlementRow::as_select()).load(c))?)
}

/// Double claims of which a side lies in these counties, oldest first.
pub fn double_claims(
    on: &mut Read,
    (from, below): &Reach,
    wanted: &WantedDoubleClaims,
    page: &PageRequest,
) -> Outcome<Vec<DoubleClaimRow>> {
    let after = page.key::<DoubleClaimId>()?;
    Ok(each!(on, c => {
        let side = claims::table.filter(claims::household.eq(doubles::household)).filter(claims::year.eq(doubles::year))
            .filter(claims::kind.eq(doubles::kind)).filter(claims::state.ne(ClaimState::Fallen))
            .filter(claims::county.ge(from)).filter(claims::county.lt(below));
        let mut query = doubles::table.filter(exists(side)).select(DoubleClaimRow::as_select()).into_boxed();
        if let Some(year) = wanted.year {
            query = query.filter(doubles::year.eq(year));
        }
        if let Some(status) = wanted.status {
            query = query.filter(doubles::status.eq(status));
        }
        if let Some(after) = after {
            query = query.filter(doubles::id.gt(after));
        }
        query.order(doubles::id).limit(page.fetch()).load(c)
    })?)
}
