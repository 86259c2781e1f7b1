//! SQL of claims: the rows of lists.

use super::AT_ONCE;
use crate::certification::{BeneficiaryClass, LinkageKind};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{HouseholdListId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::linkage::rules::ClaimState;
use crate::linkage::schema::household_claims as claims;
use crate::platform::db::{Read, Tx};
use crate::{each, later_rows};
use diesel::dsl::update;
use diesel::prelude::*;

/// A stored claim. The household is its keyed hash.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = claims, treat_none_as_default_value = false)]
pub struct ClaimRow {
    pub list_id: HouseholdListId,
    pub row_no: i64,
    pub household: Vec<u8>,
    pub kind: LinkageKind,
    pub class: BeneficiaryClass,
    pub persons: i64,
    pub amount_fen: Fen,
    pub org_id: OrgId,
    pub county: RegionCode,
    pub year: i64,
    pub state: ClaimState,
}

/// A household's hash and a kind of linkage: what two suppliers may not both claim in a year.
pub type HouseholdKind = (Vec<u8>, LinkageKind);

pub fn insert_claims(tx: &mut Tx<'_>, rows: Vec<ClaimRow>) -> Outcome<()> {
    Ok(later_rows!(tx, claims::table, rows)?)
}

/// Households and kinds of a list.
pub fn keys_of(on: &mut Read, list: HouseholdListId) -> Outcome<Vec<HouseholdKind>> {
    Ok(
        each!(on, c => claims::table.filter(claims::list_id.eq(list)).select((claims::household, claims::kind)).load(c))?,
    )
}

/// A list's rows no longer stand.
pub fn let_fall(tx: &mut Tx<'_>, list: HouseholdListId) -> Outcome<()> {
    each!(tx, c => update(claims::table.filter(claims::list_id.eq(list))).set(claims::state.eq(ClaimState::Fallen)).execute(c))?;
    Ok(())
}

/// Rows of a list are in this state from now on.
pub fn set_state(tx: &mut Tx<'_>, list: HouseholdListId, rows: &[i64], state: ClaimState) -> Outcome<()> {
    for some in rows.chunks(AT_ONCE) {
        each!(tx, c => update(claims::table.filter(claims::list_id.eq(list)).filter(claims::row_no.eq_any(some)))
            .set(claims::state.eq(state)).execute(c))?;
    }
    Ok(())
}

/// Claims of households in standing lists, of one year or of all.
pub fn standing_claims(on: &mut Read, households: &[Vec<u8>], year: Option<i64>) -> Outcome<Vec<ClaimRow>> {
    let mut found = Vec::new();
    for some in households.chunks(AT_ONCE) {
        let rows: Vec<ClaimRow> = each!(on, c => {
            let mut query = claims::table.filter(claims::household.eq_any(some)).filter(claims::state.ne(ClaimState::Fallen))
                .select(ClaimRow::as_select()).into_boxed();
            if let Some(year) = year {
                query = query.filter(claims::year.eq(year));
            }
            query.order((claims::list_id, claims::row_no)).load(c)
        })?;
        found.extend(rows);
    }
    Ok(found)
}

/// Rows of a list in their order.
pub fn rows_of(on: &mut Read, list: HouseholdListId, page: &PageRequest) -> Outcome<Vec<ClaimRow>> {
    let after = page.key::<i64>()?.unwrap_or(0);
    Ok(
        each!(on, c => claims::table.filter(claims::list_id.eq(list)).filter(claims::row_no.gt(after)).order(claims::row_no)
        .select(ClaimRow::as_select()).limit(page.fetch()).load(c))?,
    )
}
