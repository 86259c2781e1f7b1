//! What the public sees of the blacklist, and appeals, which only the parties and the offices see.

use super::rules::{self, AppealStatus, BlacklistCause, BlacklistStatus};
use super::store::{self, AppealRow, EntryRow};
use crate::kernel::actor::Scope;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{BlacklistAppealId, BlacklistEntryId, FileId, OrgId, RuleId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::kernel::uscc::Uscc;
use crate::platform::db::Read;
use serde::Serialize;
use utoipa::ToSchema;

/// An entry as anybody may read it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EntryView {
    /// Its id.
    pub id: BlacklistEntryId,
    /// The supplier.
    pub supplier_id: OrgId,
    /// Its name on the day it was listed.
    pub supplier_name: String,
    /// Its credit code.
    pub uscc: Option<Uscc>,
    /// Its region.
    pub region_code: RegionCode,
    /// Why.
    pub cause: BlacklistCause,
    /// In words.
    pub reason: Option<String>,
    /// The document that says so.
    pub document_no: Option<String>,
    /// The certificate whose end listed it.
    pub certificate_number: Option<String>,
    /// First day.
    pub from: Day,
    /// Last day; absent when it is listed for good.
    pub until: Option<Day>,
    /// The rule row of the term; absent where the office set its own.
    pub rule_id: Option<RuleId>,
    /// The region of the office that decided.
    pub office_region: RegionCode,
    /// Last day on which the supplier may appeal.
    pub appeal_until: Day,
    /// Where it stands.
    pub status: BlacklistStatus,
    /// The day on which it was lifted or annulled.
    pub ended_on: Option<Day>,
    /// Why.
    pub end_reason: Option<String>,
    /// Where the appeal stands, if there is one.
    pub appeal: Option<AppealStatus>,
}

/// Entries with what became of their appeals.
fn views(on: &mut Read, rows: Vec<EntryRow>, today: Day) -> Outcome<Vec<EntryView>> {
    let ids: Vec<BlacklistEntryId> = rows.iter().map(|row| row.id).collect();
    let appeals = store::appeals_of(on, &ids)?;
    let view = |row: EntryRow| EntryView {
        appeal: appeals.iter().find(|appeal| appeal.entry_id == row.id).map(|appeal| appeal.status),
        status: rules::standing(row.status, row.listed_until, today),
        id: row.id,
        supplier_id: row.org_id,
        supplier_name: row.supplier_name,
        uscc: row.uscc,
        region_code: row.region_code,
        cause: row.cause,
        reason: row.reason,
        document_no: row.document_no,
        certificate_number: row.certificate_number,
        from: row.listed_from,
        until: row.listed_until,
        rule_id: row.rule_id,
        office_region: row.office_region,
        appeal_until: row.appeal_until,
        ended_on: row.ended_on,
        end_reason: row.end_reason,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// The view of an entry.
pub(super) fn entry_view(on: &mut Read, row: EntryRow, today: Day) -> Outcome<EntryView> {
    views(on, vec![row], today)?.into_iter().next().ok_or_else(|| Code::NotFound.into())
}

/// An entry, whether it counts or not.
///
/// # Errors
/// `not_found`.
pub fn entry(on: &mut Read, id: BlacklistEntryId, today: Day) -> Outcome<EntryView> {
    let row = store::entry(on, id)?.ok_or(Code::NotFound)?;
    entry_view(on, row, today)
}

/// Who is listed today, newest first.
pub(super) fn current(
    on: &mut Read,
    region: Option<RegionCode>,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<EntryView>> {
    let rows = store::current(on, region, today, page.key()?, page.fetch())?;
    let page = Page::cut(rows, page, |row| vec![row.id.to_string()]);
    Ok(Page { items: views(on, page.items, today)?, next: page.next })
}

/// An appeal.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AppealView {
    /// Its id.
    pub id: BlacklistAppealId,
    /// The entry.
    pub entry_id: BlacklistEntryId,
    /// The supplier.
    pub supplier_id: OrgId,
    /// What it says.
    pub statement: String,
    /// What supports it.
    pub file_ids: Vec<FileId>,
    /// When it was filed.
    pub filed_at: At,
    /// The region whose office decides.
    pub office_region: RegionCode,
    /// Last day to decide.
    pub due_on: Day,
    /// Whether that day rests on a year whose holidays are not loaded; it may become later then, never earlier.
    pub due_provisional: bool,
    /// Whether that day has passed without a decision.
    pub late: bool,
    /// Where it stands.
    pub status: AppealStatus,
    /// Why it was decided so.
    pub reason: Option<String>,
    /// When it was decided.
    pub decided_at: Option<At>,
}

/// The view of an appeal.
pub(super) fn appeal_view(row: AppealRow, today: Day) -> Outcome<AppealView> {
    Ok(AppealView {
        file_ids: serde_json::from_str(&row.files).map_err(AppError::internal)?,
        late: row.status == AppealStatus::Open && row.due_on < today,
        id: row.id,
        entry_id: row.entry_id,
        supplier_id: row.org_id,
        statement: row.statement,
        filed_at: row.filed_at,
        office_region: row.office_region,
        due_on: row.due_on,
        due_provisional: row.due_provisional,
        status: row.status,
        reason: row.reason,
        decided_at: row.decided_at,
    })
}

/// Appeals in scope, newest first.
pub(super) fn appeals(
    on: &mut Read,
    scope: &Scope,
    status: Option<AppealStatus>,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<AppealView>> {
    let rows = store::appeals(on, scope, status, page.key()?, page.fetch())?;
    Page::cut(rows, page, |row| vec![row.id.to_string()]).try_map(|row| appeal_view(row, today))
}
