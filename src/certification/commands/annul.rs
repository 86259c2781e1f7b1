//! 自始无效: an office decides that a certificate was never valid. Whoever counted on it learns of it by the job that follows.

use super::super::rules::{self, CertificateEvent, EndReason};
use super::super::store::{self, AnnulmentRow, CertificateRow};
use super::certificates::{self, Ruling};
use crate::catalogue::{self, CoverStatus, Reach};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::identity_number;
use crate::kernel::terms::AnnulmentGround;
use crate::platform::db::Tx;

/// A decision that a certificate was never valid.
#[derive(Debug, Clone)]
pub struct NewAnnulment {
    /// What was false.
    pub ground: AnnulmentGround,
    /// In words.
    pub reason: String,
    /// The document that says so.
    pub document_no: Option<String>,
}

/// Decides that a certificate was never valid, whatever has become of it since; it is revoked with it, and so is the one that
/// renewed it; the supplier is listed where the rule table says so. Goods whose origin was false are barred from sale and shipment
/// until an office ends the bar. What lines counted on the strength of it is taken back afterwards, order by order.
///
/// # Errors
/// `not_found`, `separation_of_duties` for a member of the supplier and for who decided a step of the application,
/// `forbidden` below the office that decided about it before, `wrong_state` when it was annulled already.
pub fn annul(tx: &mut Tx<'_>, actor: &Actor, number: &str, new: &NewAnnulment) -> Outcome<CertificateRow> {
    let row = store::claim_certificate(tx, &actor.scope, number)?.ok_or(Code::NotFound)?;
    certificates::no_party(tx, actor, &row)?;
    let deciders: Vec<_> = store::reviews_of(tx, row.application_id)?.iter().map(|review| review.reviewer).collect();
    rules::may_annul(actor.user_id, &deciders)?;
    identity_number::refuse_in(&new.reason, "/reason", Code::ValidationFailed)?;
    if !store::annulled_of(tx, &[row.id])?.is_empty() {
        return Err(
            AppError::new(Code::WrongState).detail("该证书已认定自始无效", "the certificate was annulled already")
        );
    }
    certificates::may_undo(tx, actor, &row)?;
    let decision = AnnulmentRow {
        id: tx.new_id(),
        certificate_id: row.id,
        ground: new.ground,
        reason: new.reason.clone(),
        document_no: new.document_no.clone(),
        office_org: actor.org_id,
        decided_by: actor.user_id,
        decided_at: tx.at(),
        decided_on: tx.at().day(),
    };
    store::insert_annulment(tx, &decision)?;
    let ruling = Ruling {
        reason_code: Some(EndReason::Fraud),
        reason: Some(new.reason.clone()),
        safety: row.safety,
        until: None,
    };
    let annulled = certificates::happen(tx, Some(actor), row, CertificateEvent::Annul, &ruling)?;
    if new.ground == AnnulmentGround::OriginFalse {
        // What does not come from the county it is sold as is sold on no other ground either.
        catalogue::uncover(tx, Some(actor), annulled.id, CoverStatus::Ended, Reach::Product, "certificate_annulled")?;
    }
    certificates::renewals(tx, actor, annulled.renewed_by, CertificateEvent::Revoke, &ruling)?;
    super::blacklist::after_revocation(tx, actor, &annulled, &ruling, new.document_no.as_ref())?;
    Ok(annulled)
}
