//! Papers of lots, photos of what came, and what waits for a second person, as they are shown.

use crate::kernel::error::Outcome;
use crate::kernel::ids::{AcceptanceId, FileId, LotPaperId, RuleId, ShipmentId, UserId};
use crate::kernel::quantity::Quantity;
use crate::kernel::time::{At, Day};
use crate::ordering::commands::accept::NewAcceptance;
use crate::ordering::rules::paper::PaperKind;
use crate::ordering::store::papers::LotPaperRow;
use crate::ordering::store::second::{PhotoRow, ProposalRow};
use crate::ordering::terms;
use serde::Serialize;
use utoipa::ToSchema;

/// A paper of a lot.
#[derive(Debug, Serialize, ToSchema)]
pub struct LotPaperView {
    /// Its id.
    pub id: LotPaperId,
    /// The shipment.
    pub shipment_id: ShipmentId,
    /// The order's line.
    pub line_no: i64,
    /// The lot.
    pub lot: String,
    /// What it is.
    pub kind: PaperKind,
    /// Its number.
    pub number: String,
    /// Who made it out.
    pub issuer: String,
    /// When.
    pub issued_on: Day,
    /// Its last day.
    pub expires_on: Option<Day>,
    /// Its picture; both parties open it.
    pub file_id: FileId,
    /// When it was brought.
    pub recorded_at: At,
}

impl LotPaperView {
    /// A paper with the number of its line.
    #[must_use]
    pub fn new(row: LotPaperRow, line_no: i64) -> LotPaperView {
        LotPaperView {
            id: row.id,
            shipment_id: row.shipment_id,
            line_no,
            lot: row.lot,
            kind: row.kind,
            number: row.number,
            issuer: row.issuer,
            issued_on: row.issued_on,
            expires_on: row.expires_on,
            file_id: row.file_id,
            recorded_at: row.recorded_at,
        }
    }
}

/// A photo of an acceptance.
#[derive(Debug, Serialize, ToSchema)]
pub struct AcceptancePhotoView {
    /// The acceptance.
    pub acceptance_id: AcceptanceId,
    /// The order's line; absent when it shows the whole delivery.
    pub line_no: Option<i64>,
    /// The picture; both parties open it.
    pub file_id: FileId,
}

impl From<PhotoRow> for AcceptancePhotoView {
    fn from(row: PhotoRow) -> AcceptancePhotoView {
        let line_no = (row.line_no > 0).then_some(row.line_no);
        AcceptancePhotoView { acceptance_id: row.acceptance_id, line_no, file_id: row.file_id }
    }
}

/// An acceptance that counts for nothing until its second person confirms it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PendingAcceptanceView {
    /// The id that it will have.
    pub id: AcceptanceId,
    /// The day of the delivery note.
    pub occurred_on: Option<Day>,
    /// Who looked first.
    pub proposed_by: UserId,
    /// Who has to confirm.
    pub second_person: UserId,
    /// Since when it waits.
    pub proposed_at: At,
    /// The rule row that asks for two people.
    pub rule_id: RuleId,
    /// Photos of the whole delivery; who confirms looks at them.
    pub photos: Vec<FileId>,
    /// What would be accepted and rejected.
    pub lines: Vec<PendingLineView>,
}

/// What would be accepted and rejected of a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct PendingLineView {
    /// The order's line.
    pub line_no: i64,
    /// Good.
    pub accepted: Quantity,
    /// Not good.
    pub rejected: Quantity,
    /// Why not.
    pub reason: Option<String>,
    /// Photos of it.
    pub photos: Vec<FileId>,
    /// How much of what is not good the supplier would be asked to send again.
    pub replace: Quantity,
}

impl PendingAcceptanceView {
    /// What was proposed.
    ///
    /// # Errors
    /// When the content is not what was written.
    pub(in super::super) fn new(row: &ProposalRow) -> Outcome<PendingAcceptanceView> {
        let content: NewAcceptance = terms::read(&row.content)?;
        let line = |line: crate::ordering::AcceptedLine| PendingLineView {
            line_no: line.line_no,
            accepted: line.accepted,
            rejected: line.rejected,
            reason: line.reason,
            photos: line.photos,
            replace: line.replace,
        };
        Ok(PendingAcceptanceView {
            id: row.id,
            occurred_on: content.occurred_on,
            proposed_by: row.proposed_by,
            second_person: row.second_by,
            proposed_at: row.proposed_at,
            rule_id: row.rule_id,
            photos: content.photos,
            lines: content.lines.into_iter().map(line).collect(),
        })
    }
}
