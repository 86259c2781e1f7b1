//! The list of exceptions from the separation of duties.

use crate::kernel::actor::Actor;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{DutyExceptionId, OrgId, UserId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::time::{At, Day};
use crate::ordering::store::duties::{self as store, ExceptionRow};
use crate::platform::db::Read;
use serde::Serialize;
use utoipa::ToSchema;

/// In a small unit, who accepts may report the payment as well.
#[derive(Debug, Serialize, ToSchema)]
pub struct DutyExceptionView {
    /// Its id.
    pub id: DutyExceptionId,
    /// The unit.
    pub unit_id: OrgId,
    /// Who granted it; stored for ever.
    pub granted_by: UserId,
    /// For which supervising unit.
    pub granted_by_org: OrgId,
    /// When.
    pub granted_at: At,
    /// The first day.
    pub valid_from: Day,
    /// The last day.
    pub valid_until: Day,
    /// Why.
    pub reason: String,
    /// Ended early: it holds no more from this day on.
    pub revoked_from: Option<Day>,
}

impl From<ExceptionRow> for DutyExceptionView {
    fn from(row: ExceptionRow) -> DutyExceptionView {
        DutyExceptionView {
            id: row.id,
            unit_id: row.unit_id,
            granted_by: row.granted_by,
            granted_by_org: row.granted_by_org,
            granted_at: row.granted_at,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            reason: row.reason,
            revoked_from: row.revoked_from,
        }
    }
}

/// Exceptions of the units in scope, the latest first.
///
/// # Errors
/// `invalid_cursor`; when the database fails.
pub fn exceptions(read: &mut Read, actor: &Actor, today: Day, page: &PageRequest) -> Outcome<Page<DutyExceptionView>> {
    let reach = super::money::reach(read, actor, today)?;
    let rows = store::list(read, &reach, page.key()?, page.fetch())?;
    Ok(Page::cut(rows, page, |row| vec![row.id.to_string()]).map(DutyExceptionView::from))
}
