//! Reads of minimum-purchase commitments, each within what the asking party may see.

use super::rules::{CommitmentState, CommitmentVerdict, month_number};
use super::store::{self, CommitmentRow, CommitmentsWanted, Reach, RevisionRow, WaitingFrom};
use crate::identity;
use crate::kernel::actor::{Actor, OrgKind, Role, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{OrgId, PurchaseCommitmentId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::At;
use crate::platform::db::Read;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// What was declared.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CommitmentRevisionView {
    /// Its number.
    pub revision: i64,
    /// The first month of the year, from 1.
    pub from_month: i64,
    /// The last one.
    pub to_month: i64,
    /// How much is bought at least.
    pub amount_fen: Fen,
    /// Only goods that were produced in this region.
    pub region_code: Option<RegionCode>,
    /// Only goods of this supplier.
    pub supplier_id: Option<OrgId>,
    /// Why it was declared anew.
    pub reason: Option<String>,
    /// By whom.
    pub declared_by: UserId,
    /// When.
    pub declared_at: At,
    /// What the office decided; one that was declared anew before that has no decision.
    pub verdict: Option<CommitmentVerdict>,
    /// Why.
    pub answer: Option<String>,
    /// When.
    pub decided_at: Option<At>,
}

impl From<RevisionRow> for CommitmentRevisionView {
    fn from(row: RevisionRow) -> CommitmentRevisionView {
        CommitmentRevisionView {
            revision: row.revision,
            from_month: month_number(&row.from_month),
            to_month: month_number(&row.to_month),
            amount_fen: row.amount_fen,
            region_code: row.region_code,
            supplier_id: row.supplier_id,
            reason: row.reason,
            declared_by: row.declared_by,
            declared_at: row.declared_at,
            verdict: row.verdict,
            answer: row.answer,
            decided_at: row.decided_at,
        }
    }
}

/// A minimum-purchase commitment (最低采购承诺).
#[derive(Debug, Serialize, ToSchema)]
pub struct CommitmentView {
    /// Its id.
    pub id: PurchaseCommitmentId,
    /// Who commits itself.
    pub organisation_id: OrgId,
    /// Its name.
    pub organisation_name: String,
    /// The office to which it is declared.
    pub office_id: OrgId,
    /// Its name.
    pub office_name: String,
    /// The year.
    pub year: i64,
    /// Where it stands, by what was declared last.
    pub state: CommitmentState,
    /// Since when.
    pub since: At,
    /// The revision that was declared last.
    pub revision: i64,
    /// The revision that was accepted last, and stands.
    pub in_force: Option<i64>,
    /// Every revision, oldest first.
    pub revisions: Vec<CommitmentRevisionView>,
    /// The entity tag of this state.
    #[schema(example = "\"v3\"")]
    pub etag: String,
}

/// Whose commitments an actor sees.
#[derive(Debug, Clone)]
pub enum CommitmentsSeen {
    /// Everybody's.
    Everything,
    /// Those declared to offices of a region, and those of organisations there.
    Region(RegionCode),
    /// One organisation's own.
    Own(OrgId),
}

/// Whose commitments an actor sees: offices and auditors those of their region, from either side; an organisation its own.
#[must_use]
pub fn seen(actor: &Actor) -> CommitmentsSeen {
    match &actor.scope {
        Scope::Platform => CommitmentsSeen::Everything,
        Scope::Region(region) => CommitmentsSeen::Region(*region),
        Scope::UnitTree(org) | Scope::Org(org) => CommitmentsSeen::Own(*org),
    }
}

fn sees(actor: &Actor, row: &CommitmentRow) -> bool {
    match seen(actor) {
        CommitmentsSeen::Everything => true,
        CommitmentsSeen::Region(region) => region.contains(&row.office_region) || region.contains(&row.org_region),
        CommitmentsSeen::Own(org) => row.org_id == org,
    }
}

/// A commitment in scope, and its version.
///
/// # Errors
/// `not_found` outside the scope.
pub fn commitment(read: &mut Read, actor: &Actor, id: PurchaseCommitmentId) -> Outcome<(CommitmentView, i64)> {
    let row = store::find(read, id)?.filter(|row| sees(actor, row)).ok_or(Code::NotFound)?;
    let version = row.version;
    let view = views(read, vec![row])?.pop().ok_or_else(|| AppError::internal("a commitment without a view"))?;
    Ok((view, version))
}

/// Commitments in scope, the newest first.
///
/// # Errors
/// `invalid_cursor`; when the database fails.
pub fn commitments(
    read: &mut Read,
    actor: &Actor,
    wanted: CommitmentsWanted,
    page: &PageRequest,
) -> Outcome<Page<CommitmentView>> {
    let reach = match seen(actor) {
        CommitmentsSeen::Everything => Reach::Everything,
        CommitmentsSeen::Region(region) => Reach::Region(region.subtree()),
        CommitmentsSeen::Own(org) => Reach::Own(org),
    };
    let rows = store::list(read, &reach, wanted, page)?;
    let cut = Page::cut(rows, page, |row: &CommitmentRow| vec![row.id.to_string()]);
    let mut shown = views(read, cut.items.clone())?.into_iter();
    cut.try_map(|_| shown.next().ok_or_else(|| AppError::internal("a commitment without a view")))
}

/// Commitments as they are shown, in their order.
pub(super) fn views(read: &mut Read, rows: Vec<CommitmentRow>) -> Outcome<Vec<CommitmentView>> {
    let ids: Vec<PurchaseCommitmentId> = rows.iter().map(|row| row.id).collect();
    let mut revisions: BTreeMap<PurchaseCommitmentId, Vec<CommitmentRevisionView>> = BTreeMap::new();
    for revision in store::revisions_of(read, &ids)? {
        revisions.entry(revision.commitment_id).or_default().push(revision.into());
    }
    let orgs: BTreeSet<OrgId> = rows.iter().flat_map(|row| [row.org_id, row.office_id]).collect();
    let orgs = identity::organisations(read, &orgs.into_iter().collect::<Vec<_>>())?;
    let name = |id: OrgId| orgs.iter().find(|org| org.id == id).map(|org| org.name.clone()).unwrap_or_default();
    let view = |row: CommitmentRow| CommitmentView {
        id: row.id,
        organisation_id: row.org_id,
        organisation_name: name(row.org_id),
        office_id: row.office_id,
        office_name: name(row.office_id),
        year: row.year,
        state: row.state,
        since: row.since,
        revision: row.revision,
        in_force: row.in_force,
        revisions: revisions.remove(&row.id).unwrap_or_default(),
        etag: crate::platform::http::etag(row.version),
    };
    Ok(rows.into_iter().map(view).collect())
}

/// A commitment that waits.
#[derive(Debug, Clone)]
pub struct CommitmentWaits {
    /// Which.
    pub id: PurchaseCommitmentId,
    /// Since when.
    pub since: At,
    /// The other side.
    pub other_org: OrgId,
    /// How much was declared last, in fen.
    pub amount: Fen,
}

/// Commitments that wait for the actor: to be decided where it reviews for an office, to be revised where it declares; from a moment on,
/// and behind a commitment of that moment.
///
/// # Errors
/// When the database fails.
pub fn waiting(
    read: &mut Read,
    actor: &Actor,
    (since, after, inclusive): (At, Option<[u8; 16]>, bool),
    most: i64,
) -> Outcome<Vec<CommitmentWaits>> {
    let office = actor.kind == OrgKind::PovertyOffice;
    let commits = matches!(actor.kind, OrgKind::EnterpriseBuyer | OrgKind::SocialOrganisation | OrgKind::Union);
    let able: &[Role] = if office { &[Role::Reviewer] } else { &[Role::Trader, Role::Manager] };
    if !office && !commits {
        return Ok(Vec::new());
    }
    let roles = identity::roles(read, actor.user_id, actor.org_id)?;
    if !able.iter().any(|role| roles.contains(role)) {
        return Ok(Vec::new());
    }
    let from = WaitingFrom { since, after: after.map(PurchaseCommitmentId), inclusive };
    let rows = store::waiting(read, office, actor.org_id, from, most)?;
    let ids: Vec<PurchaseCommitmentId> = rows.iter().map(|row| row.id).collect();
    let revisions = store::revisions_of(read, &ids)?;
    let amount = |row: &CommitmentRow| {
        let last = revisions.iter().find(|one| one.commitment_id == row.id && one.revision == row.revision);
        last.map_or(Fen::ZERO, |one| one.amount_fen)
    };
    let waits = |row: &CommitmentRow| CommitmentWaits {
        id: row.id,
        since: row.since,
        other_org: if office { row.org_id } else { row.office_id },
        amount: amount(row),
    };
    Ok(rows.iter().map(waits).collect())
}
