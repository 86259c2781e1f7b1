//! SQL of chains of approvals and of delegations.

use super::schema::{approval_chains as chains, approval_delegations as delegations};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{ApprovalChainId, ApprovalDelegationId, OrgId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// An edition of a chain.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = chains, treat_none_as_default_value = false)]
pub struct ChainRow {
    pub id: ApprovalChainId,
    pub unit_id: OrgId,
    pub region_code: RegionCode,
    pub effective_from: Day,
    pub bands: String,
    pub reason: String,
    pub decided_by: UserId,
    pub decided_org: OrgId,
    pub decided_at: At,
}

/// A delegation.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = delegations, treat_none_as_default_value = false)]
pub struct DelegationRow {
    pub id: ApprovalDelegationId,
    pub org_id: OrgId,
    pub from_user: UserId,
    pub to_user: UserId,
    pub valid_from: Day,
    pub valid_until: Day,
    pub reason: String,
    pub delegated_at: At,
    pub ended_at: Option<At>,
    pub ended_by: Option<UserId>,
}

/// Enters an edition.
pub fn insert(tx: &mut Tx<'_>, row: &ChainRow) -> Outcome<()> {
    each!(tx, c => insert_into(chains::table).values(row).execute(c))?;
    Ok(())
}

/// The edition that holds on a day; of several that begin on one day the last one entered.
pub fn of_day(on: &mut Read, unit: OrgId, day: Day) -> Outcome<Option<ChainRow>> {
    Ok(each!(on, c => chains::table.filter(chains::unit_id.eq(unit)).filter(chains::effective_from.le(day))
        .order((chains::effective_from.desc(), chains::id.desc())).select(ChainRow::as_select()).first(c).optional())?)
}

/// The editions of a unit, the last one entered first.
pub fn editions(on: &mut Read, unit: OrgId, after: Option<ApprovalChainId>, most: i64) -> Outcome<Vec<ChainRow>> {
    Ok(each!(on, c => {
        let mut query = chains::table.filter(chains::unit_id.eq(unit)).select(ChainRow::as_select()).into_boxed();
        if let Some(after) = after {
            query = query.filter(chains::id.lt(after));
        }
        query.order(chains::id.desc()).limit(most).load(c)
    })?)
}

/// Enters a delegation.
pub fn insert_delegation(tx: &mut Tx<'_>, row: &DelegationRow) -> Outcome<()> {
    each!(tx, c => insert_into(delegations::table).values(row).execute(c))?;
    Ok(())
}

/// A delegation of an organisation.
pub fn delegation(on: &mut Read, org: OrgId, id: ApprovalDelegationId) -> Outcome<Option<DelegationRow>> {
    Ok(each!(on, c => delegations::table.find(id).filter(delegations::org_id.eq(org))
        .select(DelegationRow::as_select()).first(c).optional())?)
}

/// Ends a delegation; whether it had not been ended before.
pub fn end(tx: &mut Tx<'_>, id: ApprovalDelegationId, at: At, by: UserId) -> Outcome<bool> {
    let ended = each!(tx, c => update(delegations::table.find(id).filter(delegations::ended_at.is_null()))
        .set((delegations::ended_at.eq(Some(at)), delegations::ended_by.eq(Some(by)))).execute(c))?;
    Ok(ended == 1)
}

/// What is delegated in an organisation on a day, the oldest first.
pub fn in_force(on: &mut Read, org: OrgId, day: Day) -> Outcome<Vec<DelegationRow>> {
    Ok(each!(on, c => delegations::table.filter(delegations::org_id.eq(org))
        .filter(delegations::valid_from.le(day)).filter(delegations::valid_until.ge(day))
        .filter(delegations::ended_at.is_null()).order(delegations::id).select(DelegationRow::as_select()).load(c))?)
}

/// Delegations of an organisation, the latest first.
pub fn delegations(
    on: &mut Read,
    org: OrgId,
    after: Option<ApprovalDelegationId>,
    most: i64,
) -> Outcome<Vec<DelegationRow>> {
    Ok(each!(on, c => {
        let mut query = delegations::table.filter(delegations::org_id.eq(org)).select(DelegationRow::as_select()).into_boxed();
        if let Some(after) = after {
            query = query.filter(delegations::id.lt(after));
        }
        query.order(delegations::id.desc()).limit(most).load(c)
    })?)
}
