//! SQL of minimum-purchase commitments; decides nothing.

use super::rules::{CommitmentState, CommitmentVerdict};
use super::schema::purchase_commitment_revisions as revisions;
use super::schema::purchase_commitments as commitments;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrgId, PurchaseCommitmentId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::At;
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// A commitment.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = commitments, treat_none_as_default_value = false)]
pub struct CommitmentRow {
    pub id: PurchaseCommitmentId,
    pub org_id: OrgId,
    pub org_region: RegionCode,
    pub office_id: OrgId,
    pub office_region: RegionCode,
    pub year: i64,
    pub state: CommitmentState,
    pub revision: i64,
    pub in_force: Option<i64>,
    pub since: At,
    pub version: i64,
}

/// What was declared.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = revisions, treat_none_as_default_value = false)]
pub struct RevisionRow {
    pub commitment_id: PurchaseCommitmentId,
    pub revision: i64,
    pub from_month: String,
    pub to_month: String,
    pub amount_fen: Fen,
    pub region_code: Option<RegionCode>,
    pub supplier_id: Option<OrgId>,
    pub reason: Option<String>,
    pub declared_by: UserId,
    pub declared_at: At,
    pub verdict: Option<CommitmentVerdict>,
    pub answer: Option<String>,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<At>,
}

pub fn insert(tx: &mut Tx<'_>, row: &CommitmentRow) -> Outcome<()> {
    each!(tx, c => insert_into(commitments::table).values(row).execute(c))?;
    Ok(())
}

pub fn insert_revision(tx: &mut Tx<'_>, row: &RevisionRow) -> Outcome<()> {
    each!(tx, c => insert_into(revisions::table).values(row).execute(c))?;
    Ok(())
}

/// Locks and loads a commitment, and raises its version; whoever asks: the caller checks whose it is.
pub fn claim(tx: &mut Tx<'_>, id: PurchaseCommitmentId) -> Outcome<Option<CommitmentRow>> {
    Ok(each!(tx, c => update(commitments::table.find(id)).set(commitments::version.eq(commitments::version + 1))
        .returning(CommitmentRow::as_returning()).get_result(c).optional())?)
}

/// Stores where a claimed commitment stands.
pub fn save(tx: &mut Tx<'_>, row: &CommitmentRow) -> Outcome<()> {
    let changes = (
        commitments::state.eq(row.state),
        commitments::revision.eq(row.revision),
        commitments::in_force.eq(row.in_force),
        commitments::since.eq(row.since),
    );
    each!(tx, c => update(commitments::table.find(row.id)).set(changes).execute(c))?;
    Ok(())
}

/// Enters what was decided about a revision of a claimed commitment.
pub fn decide(tx: &mut Tx<'_>, row: &RevisionRow) -> Outcome<()> {
    let changes = (
        revisions::verdict.eq(row.verdict),
        revisions::answer.eq(row.answer.clone()),
        revisions::decided_by.eq(row.decided_by),
        revisions::decided_at.eq(row.decided_at),
    );
    each!(tx, c => update(revisions::table.find((row.commitment_id, row.revision))).set(changes).execute(c))?;
    Ok(())
}

/// Whose commitments are seen.
#[derive(Debug, Clone)]
pub enum Reach {
    /// Everybody's.
    Everything,
    /// Those declared to offices of a region, and those of organisations there.
    Region((String, String)),
    /// One organisation's own.
    Own(OrgId),
}

/// Which commitments a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct CommitmentsWanted {
    pub year: Option<i64>,
    pub state: Option<CommitmentState>,
    pub org: Option<OrgId>,
}

/// Commitments within reach, the newest first.
pub fn list(
    on: &mut Read,
    reach: &Reach,
    wanted: CommitmentsWanted,
    page: &PageRequest,
) -> Outcome<Vec<CommitmentRow>> {
    let after = page.key::<PurchaseCommitmentId>()?;
    Ok(each!(on, c => {
        let mut query = commitments::table.select(CommitmentRow::as_select()).into_boxed();
        match reach {
            Reach::Everything => {}
            Reach::Region((from, below)) => {
                let office = commitments::office_region.ge(from).and(commitments::office_region.lt(below));
                let home = commitments::org_region.ge(from).and(commitments::org_region.lt(below));
                query = query.filter(office.or(home));
            }
            Reach::Own(org) => query = query.filter(commitments::org_id.eq(org)),
        }
        if let Some(year) = wanted.year {
            query = query.filter(commitments::year.eq(year));
        }
        if let Some(state) = wanted.state {
            query = query.filter(commitments::state.eq(state));
        }
        if let Some(org) = wanted.org {
            query = query.filter(commitments::org_id.eq(org));
        }
        if let Some(id) = after {
            query = query.filter(commitments::id.lt(id));
        }
        query.order(commitments::id.desc()).limit(page.fetch()).load(c)
    })?)
}

/// A commitment, whoever asks: the caller checks the scope.
pub fn find(on: &mut Read, id: PurchaseCommitmentId) -> Outcome<Option<CommitmentRow>> {
    Ok(each!(on, c => commitments::table.find(id).select(CommitmentRow::as_select()).first(c).optional())?)
}

/// The revisions of commitments, in order.
pub fn revisions_of(on: &mut Read, ids: &[PurchaseCommitmentId]) -> Outcome<Vec<RevisionRow>> {
    Ok(each!(on, c => revisions::table.filter(revisions::commitment_id.eq_any(ids))
        .order((revisions::commitment_id, revisions::revision)).select(RevisionRow::as_select()).load(c))?)
}

/// Where a list of what waits goes on.
#[derive(Debug, Clone, Copy)]
pub struct WaitingFrom {
    pub since: At,
    pub after: Option<PurchaseCommitmentId>,
    pub inclusive: bool,
}

/// Commitments that wait for an office, or for the organisation that declared them; the longest waiting first.
pub fn waiting(on: &mut Read, office: bool, org: OrgId, from: WaitingFrom, most: i64) -> Outcome<Vec<CommitmentRow>> {
    let WaitingFrom { since, after, inclusive } = from;
    Ok(each!(on, c => {
        let mut query = commitments::table.select(CommitmentRow::as_select()).into_boxed();
        query = if office {
            query.filter(commitments::office_id.eq(org)).filter(commitments::state.eq(CommitmentState::Declared))
        } else {
            query.filter(commitments::org_id.eq(org)).filter(commitments::state.eq(CommitmentState::Returned))
        };
        query = query.filter(commitments::since.ge(since));
        if let Some(id) = after {
            query = query.filter(commitments::since.gt(since).or(commitments::id.gt(id)));
        } else if !inclusive {
            query = query.filter(commitments::since.gt(since));
        }
        query.order((commitments::since, commitments::id)).limit(most).load(c)
    })?)
}
