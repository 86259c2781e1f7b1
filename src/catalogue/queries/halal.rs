//! Certificates of the attribute 清真, as their suppliers and the offices of their region see them.

use crate::catalogue::rules::halal::HalalState;
use crate::catalogue::store::{self, HalalRow};
use crate::kernel::actor::Scope;
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{FileId, HalalCertificateId, OrgId, ProductId, UserId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use serde::Serialize;
use utoipa::ToSchema;

/// A certificate of the attribute 清真.
#[derive(Debug, Serialize, ToSchema)]
pub struct HalalCertificateView {
    /// Its id.
    pub id: HalalCertificateId,
    /// The product.
    pub product_id: ProductId,
    /// Whose product it is.
    pub organisation_id: OrgId,
    /// Where that supplier is registered; an office of this region decides.
    pub region: RegionCode,
    /// Its number.
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// Its first day.
    pub valid_from: Day,
    /// Its last day.
    pub valid_until: Day,
    /// Its picture.
    pub file_id: FileId,
    /// How it stands.
    pub state: HalalState,
    /// Whether it counts today.
    pub in_force: bool,
    /// Who filed it.
    pub filed_by: UserId,
    /// When.
    pub filed_at: At,
    /// Who decided last.
    pub decided_by: Option<UserId>,
    /// For which organisation.
    pub decided_org: Option<OrgId>,
    /// When.
    pub decided_at: Option<At>,
    /// Why it was refused or ended.
    pub reason: Option<String>,
    /// Counts its changes.
    pub version: i64,
}

/// A certificate as it is shown.
#[must_use]
pub fn halal_view(row: HalalRow, today: Day) -> HalalCertificateView {
    HalalCertificateView {
        id: row.id,
        product_id: row.product_id,
        organisation_id: row.org_id,
        region: row.region_code,
        number: row.number,
        issuer: row.issuer,
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        file_id: row.file_id,
        state: row.state,
        in_force: row.state == HalalState::Certified && (row.valid_from..=row.valid_until).contains(&today),
        filed_by: row.filed_by,
        filed_at: row.filed_at,
        decided_by: row.decided_by,
        decided_org: row.decided_org,
        decided_at: row.decided_at,
        reason: row.reason,
        version: row.version,
    }
}

/// A certificate in scope.
///
/// # Errors
/// `not_found`.
pub fn halal_certificate(
    on: &mut Read,
    scope: &Scope,
    id: HalalCertificateId,
    today: Day,
) -> Outcome<HalalCertificateView> {
    let row = store::find_halal(on, scope, id)?.ok_or(Code::NotFound)?;
    Ok(halal_view(row, today))
}

/// Certificates in scope, newest first.
///
/// # Errors
/// `invalid_cursor`.
pub fn halal_certificates(
    on: &mut Read,
    scope: &Scope,
    wanted: (Option<HalalState>, Option<ProductId>),
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<HalalCertificateView>> {
    let rows = store::list_halal(on, scope, wanted, page)?;
    Ok(Page::cut(rows, page, |row| vec![row.id.to_string()]).map(|row| halal_view(row, today)))
}
