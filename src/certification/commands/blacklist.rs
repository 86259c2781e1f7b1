//! Suppliers that a revocation lists, and those that an office lists by a decision of its own.

use super::super::rules::{CertificateEvent, EndReason};
use super::super::store::{self, CertificateRow};
use super::certificates::{self, Ruling};
use crate::admission::{self, AdmissionRefusalReason};
use crate::blacklist::{self, Asked, BlacklistCause, NewEntry};
use crate::catalogue;
use crate::identity;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{BlacklistEntryId, OrgId};
use crate::platform::db::Tx;

/// An office's own decision to list a supplier.
#[derive(Debug, Clone)]
pub struct Blacklisting {
    /// The supplier, in the office's region.
    pub org_id: OrgId,
    /// The cause.
    pub cause: EndReason,
    /// In words.
    pub reason: String,
    /// The document that says so.
    pub document_no: Option<String>,
    /// How long.
    pub asked: Asked,
    /// Whether the certificates of the supplier in the office's region are revoked with it.
    pub revoke_certificates: bool,
    /// Whether its admission ends with it.
    pub end_admission: bool,
}

/// Lists a supplier by the office's own decision. Certificates and admission are touched only where the office says so.
///
/// # Errors
/// `not_found` outside the region, `separation_of_duties` for a member of the supplier, `validation_failed` where the rule
/// table lists nobody for the cause and no term is given.
pub fn blacklist_supplier(tx: &mut Tx<'_>, actor: &Actor, new: &Blacklisting) -> Outcome<BlacklistEntryId> {
    let today = tx.at().day();
    let supplier = identity::organisation_in(tx, &actor.scope, new.org_id, today)?;
    if !supplier.kind.sells() {
        let message = Message::new("不是供应商", "is no supplier");
        return Err(AppError::field(Code::ValidationFailed, "/supplier_id", message));
    }
    let entry = NewEntry {
        org_id: new.org_id,
        cause: cause(new.cause)?,
        reason: Some(new.reason.clone()),
        document_no: new.document_no.clone(),
        certificate: None,
        asked: new.asked,
    };
    let Some(entry) = blacklist::enter(tx, actor, &entry)? else {
        let message =
            Message::new("规则表未规定该原因的列入期限，请填写", "is required: no rule row gives this cause a term");
        return Err(AppError::field(Code::ValidationFailed, "/until", message));
    };
    if new.revoke_certificates {
        let safety = new.cause == EndReason::FoodSafety;
        let ruling = Ruling { reason_code: Some(new.cause), reason: Some(new.reason.clone()), safety, until: None };
        for number in store::alive_of(tx, new.org_id, today)? {
            // What lies in another office's region stays that office's to decide.
            if let Some(row) = store::claim_certificate(tx, &actor.scope, &number)? {
                certificates::happen(tx, Some(actor), row, CertificateEvent::Revoke, &ruling)?;
            }
        }
    }
    if new.end_admission {
        end_admission(tx, actor, new.org_id, &new.reason)?;
    }
    Ok(entry.id)
}

fn end_admission(tx: &mut Tx<'_>, actor: &Actor, org: OrgId, reason: &str) -> Outcome<()> {
    let Some(application) = admission::admitted_by(tx, org)? else { return Ok(()) };
    let opinion = Some(reason.to_owned());
    catalogue::end_admission(tx, actor, application, AdmissionRefusalReason::BadRecord, opinion)
}

/// Lists the supplier of a certificate that was revoked, where the rule table says so for the reason.
pub(super) fn after_revocation(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &CertificateRow,
    ruling: &Ruling,
    document_no: Option<&String>,
) -> Outcome<()> {
    let Some(reason) = ruling.reason_code else { return Ok(()) };
    let entry = NewEntry {
        org_id: row.org_id,
        cause: cause(reason)?,
        reason: ruling.reason.clone(),
        document_no: document_no.cloned(),
        certificate: Some((row.id, row.number.clone())),
        asked: Asked::ByRule,
    };
    blacklist::enter(tx, actor, &entry).map(drop)
}

/// The reasons for which a certificate ends are the causes for which a supplier is listed, word by word.
fn cause(reason: EndReason) -> Outcome<BlacklistCause> {
    reason.as_str().parse().map_err(AppError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_a_cause() {
        for reason in EndReason::ALL {
            assert_eq!(cause(*reason).unwrap().as_str(), reason.as_str());
        }
        assert_eq!(EndReason::ALL.len(), BlacklistCause::ALL.len());
    }
}
