//! Reading transfers between sister units.

use crate::identity;
use crate::kernel::actor::Scope;
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{OrgId, QuotaTransferId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::platform::http::etag;
use crate::quota::rules::TransferState;
use crate::quota::store::transfers::{self as store, TransferFilter, TransferRow};
use serde::Serialize;
use utoipa::ToSchema;

/// A transfer between sister units.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuotaTransferView {
    /// Its id.
    pub id: QuotaTransferId,
    /// Of this year.
    pub year: i64,
    /// Who gives.
    pub giver_id: OrgId,
    /// Who takes.
    pub taker_id: OrgId,
    /// Who stands directly above both and proposed it.
    pub supervising_id: OrgId,
    /// What goes over of the reserve.
    pub reserved_fen: Fen,
    /// What goes over of the year's canteen total, and so of the ceiling.
    pub total_fen: Fen,
    /// Why.
    pub reason: String,
    /// The document that says so.
    pub document_number: String,
    /// Where it stands.
    pub state: TransferState,
    /// Who proposed it.
    pub proposed_by: UserId,
    /// When.
    pub proposed_at: At,
    /// What the finance bureau says to it.
    pub opinion: String,
    /// Who decided it; stored for ever.
    pub decided_by: Option<UserId>,
    /// For which bureau.
    pub decided_org: Option<OrgId>,
    /// When.
    pub decided_at: Option<At>,
    /// The revision of the giver's plan that it brought into force.
    pub giver_revision: Option<i64>,
    /// Of the taker's plan.
    pub taker_revision: Option<i64>,
    /// Its entity tag, for If-Match.
    #[schema(example = "\"v1\"")]
    pub etag: String,
}

impl From<TransferRow> for QuotaTransferView {
    fn from(row: TransferRow) -> QuotaTransferView {
        QuotaTransferView {
            id: row.id,
            year: row.year,
            giver_id: row.giver_id,
            taker_id: row.taker_id,
            supervising_id: row.supervising_id,
            reserved_fen: row.reserved_fen,
            total_fen: row.total_fen,
            reason: row.reason,
            document_number: row.document_number,
            state: row.state,
            proposed_by: row.proposed_by,
            proposed_at: row.proposed_at,
            opinion: row.opinion,
            decided_by: row.decided_by,
            decided_org: row.decided_org,
            decided_at: row.decided_at,
            giver_revision: row.giver_revision,
            taker_revision: row.taker_revision,
            etag: etag(row.version),
        }
    }
}

/// A transfer in scope, with its version: who reads either unit reads it.
///
/// # Errors
/// `not_found`.
pub fn transfer(read: &mut Read, scope: &Scope, id: QuotaTransferId, today: Day) -> Outcome<(QuotaTransferView, i64)> {
    let row = store::transfer(read, id)?.ok_or(Code::NotFound)?;
    let giver = identity::scope_allows(read, scope, row.giver_id, &row.region_code, today)?;
    if !giver && !identity::scope_allows(read, scope, row.taker_id, &row.region_code, today)? {
        return Err(Code::NotFound.into());
    }
    let version = row.version;
    Ok((row.into(), version))
}

/// Transfers in scope, newest first.
///
/// # Errors
/// When the database fails.
pub fn transfers(
    read: &mut Read,
    scope: &Scope,
    filter: &TransferFilter,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<QuotaTransferView>> {
    let own = match scope {
        Scope::UnitTree(root) => identity::subtree(read, *root, today)?,
        Scope::Org(org) => vec![*org],
        _ => Vec::new(),
    };
    let rows = store::list(read, scope, &own, filter, page)?;
    Ok(Page::cut(rows, page, |row| vec![row.id.to_string()]).map(QuotaTransferView::from))
}
