//! Photos as evidence of what came: of a line, or of the whole delivery.

use super::accept::NewAcceptance;
use super::papers::{own_file, show};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::AcceptanceId;
use crate::ordering::store::orders::OrderRow;
use crate::ordering::store::second::{self as store, PhotoRow};
use crate::platform::db::{Read, Tx};
use crate::rulebook::{self, RuleName};

/// Looks at every photo, and, where the rule asks for them, whether rejected goods have one; all that is wrong is named.
///
/// # Errors
/// `validation_failed`.
pub(super) fn check(
    on: &mut Read,
    actor: &Actor,
    order: &OrderRow,
    new: &NewAcceptance,
    today: crate::kernel::time::Day,
) -> Outcome<()> {
    let mut faults = Vec::new();
    let lines = new.lines.iter().enumerate().map(|(n, line)| (format!("/lines/{n}"), &line.photos));
    for (place, photos) in lines.chain([(String::new(), &new.photos)]) {
        for (n, file) in photos.iter().enumerate() {
            let pointer = format!("{place}/photos/{n}");
            if photos.iter().take(n).any(|other| other == file) {
                let message = Message::new("同一照片只写一次", "name each photo once");
                faults.push(AppError::field(Code::ValidationFailed, &pointer, message));
            }
            faults.extend(own_file(on, actor, *file, true, &pointer).err());
        }
    }
    let rules = rulebook::load(on, &order.unit_region, today, &[RuleName::RejectionPhoto])?;
    let row = rules.row_for(RuleName::RejectionPhoto, None, Some(order.fund.as_str()))?;
    if row.value == "true" {
        let bare = new.lines.iter().enumerate().filter(|(_, line)| !line.rejected.is_zero() && line.photos.is_empty());
        faults.extend(bare.map(|(n, _)| {
            let message = Message::new("拒收须附照片", "what is rejected needs a photo");
            AppError::field(Code::ValidationFailed, format!("/lines/{n}/photos"), message)
                .with("rule_id", row.id.to_string())
        }));
    }
    if faults.is_empty() { Ok(()) } else { Err(AppError::several(faults)) }
}

/// Keeps the photos of a recorded acceptance and shows them to the supplier, the unit and the payer.
pub(super) fn keep(tx: &mut Tx<'_>, order: &OrderRow, id: AcceptanceId, new: &NewAcceptance) -> Outcome<()> {
    let of = |line_no: i64, photos: &[crate::kernel::ids::FileId]| -> Vec<PhotoRow> {
        photos.iter().map(|file| PhotoRow { acceptance_id: id, line_no, file_id: *file }).collect()
    };
    let mut rows = of(0, &new.photos);
    for line in &new.lines {
        rows.extend(of(line.line_no, &line.photos));
    }
    store::insert_photos(tx, &rows)?;
    show(tx, order, order.buyer_id, rows.iter().map(|row| row.file_id).collect())
}
