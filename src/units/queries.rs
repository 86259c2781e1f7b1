//! Reading what became of budget units.

use super::rules::ChangeKind;
use super::store::{self, ChangeFilter, ChangeRow};
use crate::identity;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrgId, UnitChangeId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use serde::Serialize;
use utoipa::ToSchema;

/// A change of a budget unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitChangeView {
    /// Its id.
    pub id: UnitChangeId,
    /// What became of the unit.
    pub kind: ChangeKind,
    /// The unit that was renamed, moved or ended.
    pub unit_id: OrgId,
    /// Of a merger: who has its year.
    pub successor_id: Option<OrgId>,
    /// The unit's name until then.
    pub name_before: String,
    /// Its name from then on.
    pub name_after: String,
    /// The unit directly above it until then.
    pub supervising_unit_before: Option<OrgId>,
    /// From then on.
    pub supervising_unit_after: Option<OrgId>,
    /// The first day.
    pub effective_on: Day,
    /// Why.
    pub reason: String,
    /// The document that says so.
    pub document_number: String,
    /// Of a merger: by how much the successor's year was beyond its ceiling of canteen money right after it. New orders
    /// are refused until an amendment, where the ceiling refuses.
    pub beyond_fen: Fen,
    /// Who decided it; stored for ever.
    pub decided_by: UserId,
    /// For which organisation.
    pub decided_org: OrgId,
    /// When.
    pub decided_at: At,
}

impl From<ChangeRow> for UnitChangeView {
    fn from(row: ChangeRow) -> UnitChangeView {
        UnitChangeView {
            id: row.id,
            kind: row.kind,
            unit_id: row.unit_id,
            successor_id: row.successor_id,
            name_before: row.name_before,
            name_after: row.name_after,
            supervising_unit_before: row.parent_before,
            supervising_unit_after: row.parent_after,
            effective_on: row.effective_on,
            reason: row.reason,
            document_number: row.document_number,
            beyond_fen: row.beyond_fen,
            decided_by: row.decided_by,
            decided_org: row.decided_org,
            decided_at: row.decided_at,
        }
    }
}

/// Several changes of one decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct UnitChangesView {
    /// One for each unit that was renamed, moved or ended.
    pub items: Vec<UnitChangeView>,
}

/// Changes in scope, newest first.
///
/// # Errors
/// When the database fails.
pub fn changes(
    read: &mut Read,
    scope: &Scope,
    filter: &ChangeFilter,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<UnitChangeView>> {
    let own = match scope {
        Scope::UnitTree(root) => identity::subtree(read, *root, today)?,
        Scope::Org(org) => vec![*org],
        _ => Vec::new(),
    };
    let rows = store::list(read, scope, &own, filter, page)?;
    Ok(Page::cut(rows, page, |row| vec![row.id.to_string()]).map(UnitChangeView::from))
}
