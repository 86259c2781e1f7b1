//! Use cases of framework agreements and of standing orders.

pub mod amend;
pub mod answer;
pub mod call_off;
pub mod propose;
pub mod standing;

use super::rules::framework::{AgreementState, FrameworkTerms, RevisionState, standing, wrong_state};
use super::store::{self, AgreementRow, RevisionRow};
use crate::audit::{self, Entry};
use crate::documents;
use crate::identity;
use crate::kernel::actor::{Actor, Role, Scope};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{AgreementId, FileId, OrgId};
use crate::platform::db::{Read, Tx};
use serde_json::Value;

/// Locks an agreement of which the actor is a side.
fn claim(tx: &mut Tx<'_>, actor: &Actor, id: AgreementId) -> Outcome<AgreementRow> {
    let side = |row: &AgreementRow| [row.holder_id, row.supplier_id].contains(&actor.org_id);
    store::claim(tx, id)?.filter(side).ok_or_else(|| Code::NotFound.into())
}

/// An agreement that is in force today.
fn in_force(tx: &Tx<'_>, row: &AgreementRow) -> Outcome<()> {
    match standing(row.state, row.term_until, row.ends_on, tx.at().day()) {
        AgreementState::InForce => Ok(()),
        other => Err(wrong_state(other)),
    }
}

/// The terms of a revision.
pub(super) fn terms_of(row: &RevisionRow) -> Outcome<FrameworkTerms> {
    serde_json::from_str(&row.terms).map_err(AppError::internal)
}

/// The terms in force and their revision.
fn current(read: &mut Read, row: &AgreementRow) -> Outcome<FrameworkTerms> {
    let revisions = store::revisions_of(read, row.id)?;
    let held = revisions.iter().find(|revision| revision.state == RevisionState::InForce);
    terms_of(held.ok_or_else(|| AppError::internal("an agreement in force has no revision in force"))?)
}

/// The other side.
fn other_side(row: &AgreementRow, actor: &Actor) -> OrgId {
    if actor.org_id == row.holder_id { row.supplier_id } else { row.holder_id }
}

/// Shows a file of the actor's to the other side.
fn share(tx: &mut Tx<'_>, actor: &Actor, file: Option<FileId>, with: OrgId) -> Outcome<()> {
    let Some(file) = file else { return Ok(()) };
    documents::file(tx, &Scope::Org(actor.org_id), file).map_err(|error| match error.code() {
        Code::NotFound => {
            AppError::field(Code::ValidationFailed, "/file_id", Message::new("没有这个文件", "there is no such file"))
        }
        _ => error,
    })?;
    documents::share(tx, file, with)
}

/// Writes the trail of both sides.
fn record(tx: &mut Tx<'_>, actor: &Actor, row: &AgreementRow, action: &'static str, details: Value) -> Outcome<()> {
    record_for(tx, actor, row, Some(row.supplier_id), action, details)
}

/// Records what the supplier may not be told of.
fn record_for(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &AgreementRow,
    other_org: Option<OrgId>,
    action: &'static str,
    details: Value,
) -> Outcome<()> {
    let entry = Entry {
        actor: Some(actor),
        action,
        subject: row.id.to_string(),
        owner_org: row.holder_id,
        other_org,
        region: row.holder_region,
        details,
    };
    audit::record(tx, &entry)
}

/// Mails the people of the other side who work on agreements.
fn tell(tx: &mut Tx<'_>, row: &AgreementRow, actor: &Actor, (zh, en): (&str, &str)) -> Outcome<()> {
    let to = other_side(row, actor);
    let role = if to == row.supplier_id { Role::Seller } else { Role::Trader };
    let name = identity::organisation(tx, actor.org_id)?.name;
    let subject = (format!("框架协议 {}", row.number), format!("Framework agreement {}", row.number));
    let text = (format!("“{name}”{zh}。"), format!("{name} {en}."));
    identity::tell(tx, to, role, (&subject.0, &subject.1), (&text.0, &text.1))
}
