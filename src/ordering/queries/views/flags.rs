//! What of an order is flagged to its buyer.

use crate::certification::{CertificateStatus, EndReason, Standing};
use crate::kernel::error::Outcome;
use crate::kernel::ids::CertificateId;
use crate::kernel::time::{At, Day};
use crate::ordering::book::amounts;
use crate::ordering::rules::flag::{FlagRemedy, Flagged, remedies};
use crate::ordering::store::flags::FlagRow;
use crate::ordering::store::orders::LineRow;
use crate::ordering::terms::Delivery;
use serde::Serialize;
use utoipa::ToSchema;

/// A line of which a certificate, frozen at placement, was suspended or revoked before all goods had left.
#[derive(Debug, Serialize, ToSchema)]
pub struct FlagView {
    /// The line.
    pub line_no: i64,
    /// The certificate.
    pub certificate_id: CertificateId,
    /// Its number, by which anybody verifies it.
    pub certificate_number: String,
    /// Where it stands.
    pub status: CertificateStatus,
    /// Why.
    pub reason_code: Option<EndReason>,
    /// Whether food safety is at stake.
    pub safety: bool,
    /// Since when the line is flagged.
    pub since: At,
    /// Last day of the suspension, when it ends by itself.
    pub suspended_until: Option<Day>,
    /// What the buyer may do.
    pub may: Vec<FlagRemedy>,
}

/// The flags of an order's open lines.
pub(in super::super) fn flags(
    rows: &[FlagRow],
    lines: &[LineRow],
    standings: &[Standing],
    deliveries: &[Delivery],
    today: Day,
) -> Outcome<Vec<FlagView>> {
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(line) = lines.iter().find(|line| line.id == row.line_id && !line.closed) else { continue };
        let Some(standing) = standings.iter().find(|standing| standing.id == row.certificate_id) else { continue };
        let place = usize::try_from(line.delivery_no).unwrap_or(0);
        let flagged = Flagged {
            cause: row.cause,
            safety: standing.safety,
            unshipped: amounts(line).unshipped(),
            overdue: deliveries.get(place).is_none_or(|delivery| delivery.date < today),
        };
        views.push(FlagView {
            line_no: line.line_no,
            certificate_id: row.certificate_id,
            certificate_number: row.number.clone(),
            status: standing.status,
            reason_code: standing.reason_code,
            safety: standing.safety,
            since: row.raised_at,
            suspended_until: standing.suspended_until,
            may: remedies(flagged),
        });
    }
    Ok(views)
}
