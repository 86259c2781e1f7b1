//! Use cases of certification.

mod annul;
mod apply;
mod batches;
mod blacklist;
mod certificates;
mod documents;
mod evidence;
mod issue;
mod keys;
mod notices;
mod periodic;
mod progress;
mod queue;
mod reminders;
mod review;
mod schemes;

pub use annul::{NewAnnulment, annul};
pub use apply::{draft, renew, submit, withdraw};
pub use batches::{NewBatch, publish_batch};
pub use blacklist::{Blacklisting, blacklist_supplier};
pub use certificates::{
    CERTIFICATE_ENDED, CERTIFICATE_RESTORED, CertificateEnded, CertificateRestored, Ruling, end_bar, lift_suspension,
    revoke, suspend,
};
pub use documents::{NewDocument, bring_document, follow_documents, review_document};
pub use evidence::{NewEvidence, add_evidence};
pub use keys::{first_certificate_key, renew_certificate_key, rotate_certificate_key};
pub use notices::{
    NewObjection, ObjectionRuling, add_objection_file, decide_objection, file_objection, objection_of_receipt,
    receive_objection, verify_objection,
};
pub use periodic::{advance, expire, file, lift, recompute_deadlines};
pub use progress::remind_on as first_reminder;
pub use queue::{NewOpinion, advise, assign, remind};
pub use reminders::remind_objections;
pub use review::{NewReview, review};
pub use schemes::{NewEdition, NewScheme, date_edition, end_scheme, found_scheme};

use super::rules;
use super::store::{self, ApplicationRow};
use crate::identity;
use crate::kernel::actor::Role;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrgId, UserId};
use crate::platform::db::Tx;

/// Nobody decides for an office about an application that is his own or his organisation's.
fn no_party(tx: &mut Tx<'_>, who: UserId, row: &ApplicationRow) -> Outcome<()> {
    let mut parties = store::submitters(tx, row.id)?;
    parties.push(row.created_by);
    parties.extend(store::evidence_of(tx, row.id)?.iter().map(|piece| piece.given_by));
    let member = identity::is_member(tx, who, row.org_id)?;
    Ok(rules::may_decide(who, &parties, member)?)
}

/// Writes to everybody who sells for a supplier.
fn tell(tx: &mut Tx<'_>, org: OrgId, subject: (&str, &str), text: (&str, &str)) -> Outcome<()> {
    identity::tell(tx, org, Role::Seller, subject, text)
}
