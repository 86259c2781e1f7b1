//! SQL of transfers between sister units.

use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrgId, QuotaTransferId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::At;
use crate::platform::db::{Read, Tx};
use crate::quota::rules::TransferState;
use crate::quota::schema::quota_transfers as transfers;
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// A transfer.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = transfers, treat_none_as_default_value = false)]
pub struct TransferRow {
    pub id: QuotaTransferId,
    pub year: i64,
    pub giver_id: OrgId,
    pub taker_id: OrgId,
    pub supervising_id: OrgId,
    pub region_code: RegionCode,
    pub reserved_fen: Fen,
    pub total_fen: Fen,
    pub reason: String,
    pub document_number: String,
    pub state: TransferState,
    pub proposed_by: UserId,
    pub proposed_at: At,
    pub opinion: String,
    pub decided_by: Option<UserId>,
    pub decided_org: Option<OrgId>,
    pub decided_at: Option<At>,
    pub giver_revision: Option<i64>,
    pub taker_revision: Option<i64>,
    pub version: i64,
}

/// Which transfers a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct TransferFilter {
    pub unit: Option<OrgId>,
    pub year: Option<i64>,
    pub state: Option<TransferState>,
}

pub fn insert(tx: &mut Tx<'_>, row: &TransferRow) -> Outcome<()> {
    each!(tx, c => insert_into(transfers::table).values(row).execute(c))?;
    Ok(())
}

/// Locks a transfer, counts its change and loads it.
pub fn claim(tx: &mut Tx<'_>, id: QuotaTransferId) -> Outcome<Option<TransferRow>> {
    Ok(each!(tx, c => update(transfers::table.find(id)).set(transfers::version.eq(transfers::version + 1))
        .returning(TransferRow::as_returning()).get_result(c).optional())?)
}

/// Writes the decision of a claimed transfer; whether it waited for one.
pub fn decide(tx: &mut Tx<'_>, row: &TransferRow) -> Outcome<bool> {
    let decided = each!(tx, c => update(transfers::table.find(row.id).filter(transfers::state.eq(TransferState::Proposed)))
        .set((transfers::state.eq(row.state), transfers::opinion.eq(&row.opinion), transfers::decided_by.eq(row.decided_by),
            transfers::decided_org.eq(row.decided_org), transfers::decided_at.eq(row.decided_at),
            transfers::giver_revision.eq(row.giver_revision), transfers::taker_revision.eq(row.taker_revision)))
        .execute(c))?;
    Ok(decided == 1)
}

/// A transfer, whoever asks: the caller checks the scope.
pub fn transfer(on: &mut Read, id: QuotaTransferId) -> Outcome<Option<TransferRow>> {
    Ok(each!(on, c => transfers::table.find(id).select(TransferRow::as_select()).first(c).optional())?)
}

/// Transfers in scope, newest first. `own` holds the unit, or the units of a tree as it stands today.
pub fn list(
    on: &mut Read,
    scope: &Scope,
    own: &[OrgId],
    filter: &TransferFilter,
    page: &PageRequest,
) -> Outcome<Vec<TransferRow>> {
    let after = page.key::<QuotaTransferId>()?;
    Ok(each!(on, c => {
        let mut query = transfers::table.select(TransferRow::as_select()).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(transfers::region_code.ge(from)).filter(transfers::region_code.lt(to));
            }
            Scope::Org(_) | Scope::UnitTree(_) => {
                query = query.filter(transfers::giver_id.eq_any(own).or(transfers::taker_id.eq_any(own)));
            }
        }
        if let Some(unit) = filter.unit {
            query = query.filter(transfers::giver_id.eq(unit).or(transfers::taker_id.eq(unit)));
        }
        if let Some(year) = filter.year {
            query = query.filter(transfers::year.eq(year));
        }
        if let Some(state) = filter.state {
            query = query.filter(transfers::state.eq(state));
        }
        if let Some(id) = after {
            query = query.filter(transfers::id.lt(id));
        }
        query.order(transfers::id.desc()).limit(page.fetch()).load(c)
    })?)
}
