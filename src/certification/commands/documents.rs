//! The documents that a certificate rests on: warnings before they end, suspension when they have, and new ones in their place.

use super::super::requirements;
use super::super::rules::{
    self, Brought, CertificateEvent as Event, CertificateStatus, DocumentState, Element, EndReason, Facts, Met,
    QualityFacts, Requirement,
};
use super::super::store::{self, CertificateRow, DocumentRow, EvidenceRow, RequirementRow};
use super::certificates::{self, Ruling};
use super::progress::Case;
use super::{evidence, tell};
use crate::audit;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{CertificateDocumentId, CertificateId, FileId};
use crate::kernel::time::Day;
use crate::platform::db::{Read, Tx};
use crate::regions;
use crate::rulebook::{self, RuleName};
use serde_json::json;

/// Certificates handled in one transaction, so that nobody waits long behind it.
const BATCH: i64 = 50;

/// Keeps what a new certificate rests on: what was asked for when it was handed in, met by the evidence of quality that stands.
pub(super) fn keep(tx: &mut Tx<'_>, case: &Case, certificate: &CertificateRow) -> Outcome<()> {
    let pieces = store::evidence_of(tx, case.row.id)?;
    let documents = requirements::brought(&pieces)?;
    let mut rows = Vec::new();
    for requirement in requirements::asked_at_submission(tx, case.row.id)? {
        let mut row = RequirementRow {
            certificate_id: certificate.id,
            key: requirement.key(),
            requirement: serde_json::to_string(&requirement).map_err(AppError::internal)?,
            ends_on: None,
            act_on: None,
        };
        set_end(tx, certificate, &mut row, requirement.met(&documents))?;
        rows.push(row);
    }
    store::insert_requirements(tx, &rows)?;
    let quality = requirements::standing(&pieces).filter(|piece| piece.element == Element::Quality);
    let documents: Vec<DocumentRow> = quality.map(|piece| of_evidence(tx, certificate, piece)).collect();
    store::insert_documents(tx, &documents)
}

fn of_evidence(tx: &Tx<'_>, certificate: &CertificateRow, piece: &EvidenceRow) -> DocumentRow {
    DocumentRow {
        id: tx.new_id(),
        certificate_id: certificate.id,
        org_id: certificate.org_id,
        county: certificate.county,
        facts: piece.facts.clone(),
        file_ids: piece.file_ids.clone(),
        warnings: piece.warnings.clone(),
        evidence_id: Some(piece.id),
        state: DocumentState::Standing,
        brought_by: piece.given_by,
        brought_at: piece.given_at,
        due_on: None,
        due_provisional: false,
        due_rule_id: None,
        office_org: None,
        reviewed_by: None,
        reviewed_at: None,
        reason: None,
    }
}

/// Until when a requirement is met from now on, and when something is next due about it.
fn set_end(tx: &mut Tx<'_>, certificate: &CertificateRow, row: &mut RequirementRow, met: Met) -> Outcome<()> {
    let today = tx.at().day();
    row.ends_on = met.last_day();
    row.act_on = match row.ends_on {
        Some(ends_on) => Some(rules::act_on(ends_on, &warning_days(tx, certificate, today)?, None, today)),
        None => None,
    };
    Ok(())
}

/// How many days ahead suppliers are warned, the first and the second time.
fn warning_days(on: &mut Read, certificate: &CertificateRow, today: Day) -> Outcome<[i64; 2]> {
    let name = RuleName::DocumentWarningDays;
    let rules = rulebook::load(on, &certificate.county, today, &[name])?;
    Ok([rules.int_for(name, Some("first"), None)?, rules.int_for(name, Some("second"), None)?])
}

/// A document that a supplier brings in the place of one that ends.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// What it says.
    pub quality: QualityFacts,
    /// Files of the own organisation.
    pub files: Vec<FileId>,
}

/// Brings a document for a certificate of the own organisation; the county's office looks at it.
///
/// # Errors
/// `not_found`; `wrong_state` once the certificate has ended for good; or the fields at fault, among them that the certificate
/// asks for no such document.
pub fn bring_document(tx: &mut Tx<'_>, actor: &Actor, number: &str, new: &NewDocument) -> Outcome<DocumentRow> {
    let certificate = store::claim_certificate(tx, &Scope::Org(actor.org_id), number)?.ok_or(Code::NotFound)?;
    alive(tx, &certificate)?;
    let facts = Facts::Quality(new.quality.clone());
    let warnings = evidence::check(tx, actor, &facts, &new.files)?;
    asked_for(tx, certificate.id, &facts)?;
    let today = tx.at().day();
    let rules = rulebook::load(tx, &certificate.county, today, &[RuleName::ReviewDays])?;
    let rule = rules.row(RuleName::ReviewDays)?;
    let deadline = regions::deadline_working_days(tx, &certificate.county, today, rule.int()?)?;
    let row = DocumentRow {
        id: tx.new_id(),
        certificate_id: certificate.id,
        org_id: certificate.org_id,
        county: certificate.county,
        facts: serde_json::to_string(&new.quality).map_err(AppError::internal)?,
        file_ids: serde_json::to_string(&new.files).map_err(AppError::internal)?,
        warnings,
        evidence_id: None,
        state: DocumentState::Proposed,
        brought_by: actor.user_id,
        brought_at: tx.at(),
        due_on: Some(Day::new(deadline.day)),
        due_provisional: deadline.provisional,
        due_rule_id: Some(rule.id),
        office_org: None,
        reviewed_by: None,
        reviewed_at: None,
        reason: None,
    };
    store::insert_documents(tx, std::slice::from_ref(&row))?;
    let details =
        json!({ "document_id": row.id, "proof": new.quality.proof, "due_on": row.due_on, "rule_id": row.due_rule_id });
    note(tx, Some(actor), &certificate, "certificate.document_brought", details)?;
    Ok(row)
}

/// Whether a certificate may still rest on anything.
fn alive(tx: &Tx<'_>, certificate: &CertificateRow) -> Outcome<()> {
    let standing = rules::standing(certificate.status, certificate.in_force_until, tx.at().day());
    match standing {
        CertificateStatus::Valid | CertificateStatus::Suspended => Ok(()),
        CertificateStatus::Revoked | CertificateStatus::Expired => {
            Err(AppError::new(Code::WrongState).detail("证书已失效", "the certificate has ended"))
        }
    }
}

fn asked_for(tx: &mut Tx<'_>, id: CertificateId, facts: &Facts) -> Outcome<()> {
    let documents = facts.documents();
    for row in store::requirements_of(tx, id)? {
        let requirement = requirement(&row)?;
        if documents.iter().any(|document| requirement.takes(document)) {
            return Ok(());
        }
    }
    let message = Message::new("该证书不需要此类材料", "is nothing that the certificate rests on");
    Err(AppError::field(Code::ValidationFailed, "/quality/proof", message))
}

fn requirement(row: &RequirementRow) -> Outcome<Requirement> {
    serde_json::from_str(&row.requirement).map_err(AppError::internal)
}

/// Accepts or refuses a document. An accepted one takes the place of what ended; a certificate that the program suspended
/// because its documents had ended counts again.
///
/// # Errors
/// `not_found`, `separation_of_duties`, `wrong_state` when it was decided already or the certificate has ended; `/reason` when
/// it is refused without one.
pub fn review_document(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: CertificateDocumentId,
    accept: bool,
    reason: Option<&str>,
) -> Outcome<DocumentRow> {
    let mut row = store::document(tx, &actor.scope, id)?.ok_or(Code::NotFound)?;
    if !accept && reason.is_none() {
        let message = Message::new("不接受须说明原因", "is required with a refusal");
        return Err(AppError::field(Code::ValidationFailed, "/reason", message));
    }
    let number = store::certificate_by_id(tx, row.certificate_id)?.ok_or(Code::NotFound)?.number;
    let certificate = store::claim_certificate(tx, &actor.scope, &number)?.ok_or(Code::NotFound)?;
    certificates::no_party(tx, actor, &certificate)?;
    row.state = if accept { DocumentState::Standing } else { DocumentState::Refused };
    row.office_org = Some(actor.org_id);
    row.reviewed_by = Some(actor.user_id);
    row.reviewed_at = Some(tx.at());
    row.reason = reason.map(str::to_owned);
    if store::decide_document(tx, &row)? == 0 {
        let now = store::document(tx, &actor.scope, id)?.map(|row| row.state.to_string()).unwrap_or_default();
        return Err(AppError::new(Code::WrongState).with("state", now));
    }
    let action = if accept { "certificate.document_accepted" } else { "certificate.document_refused" };
    note(tx, Some(actor), &certificate, action, json!({ "document_id": id, "reason": reason }))?;
    tell_decided(tx, &certificate, accept, reason)?;
    if accept {
        alive(tx, &certificate)?;
        rest_anew(tx, actor, certificate)?;
    }
    Ok(row)
}

/// Reckons anew until when each requirement is met, and restores what was suspended only because one was not.
fn rest_anew(tx: &mut Tx<'_>, actor: &Actor, certificate: CertificateRow) -> Outcome<()> {
    let documents = documents(tx, certificate.id)?;
    for mut row in store::requirements_of(tx, certificate.id)? {
        let requirement = requirement(&row)?;
        // Price and linkage have no documents that end, and none is brought for them.
        if requirement.element == Element::Quality {
            set_end(tx, &certificate, &mut row, requirement.met(&documents))?;
            store::save_requirement(tx, &row)?;
        }
    }
    let by_program = certificate.reason_code == Some(EndReason::DocumentsExpired)
        && store::last_ruling(tx, certificate.id)?.is_none();
    let restored = certificate.status == CertificateStatus::Suspended && by_program;
    if restored && over(tx, certificate.id)?.is_none() {
        let ruling = Ruling { reason_code: None, reason: None, safety: false, until: None };
        certificates::happen(tx, Some(actor), certificate, Event::Lift, &ruling)?;
    }
    Ok(())
}

fn documents(on: &mut Read, id: CertificateId) -> Outcome<Vec<Brought>> {
    let mut documents = Vec::new();
    for row in store::documents_of(on, id)?.iter().filter(|row| row.state == DocumentState::Standing) {
        documents.extend(requirements::read(Element::Quality, &row.facts)?.documents());
    }
    Ok(documents)
}

/// What a certificate rests on that has ended.
pub(super) fn over(tx: &mut Tx<'_>, id: CertificateId) -> Outcome<Option<(Requirement, Day)>> {
    let today = tx.at().day();
    for row in store::requirements_of(tx, id)? {
        if let Some(ends_on) = row.ends_on.filter(|day| *day < today) {
            return Ok(Some((requirement(&row)?, ends_on)));
        }
    }
    Ok(None)
}

/// Warns of documents that end soon, and suspends certificates whose documents have ended; how many certificates.
///
/// # Errors
/// When the database fails.
pub fn follow_documents(tx: &mut Tx<'_>) -> Outcome<usize> {
    let today = tx.at().day();
    let mut due = store::documents_due(tx, today, BATCH)?;
    due.dedup();
    for id in &due {
        let number = store::certificate_by_id(tx, *id)?.ok_or(Code::NotFound)?.number;
        let Some(row) = store::claim_certificate(tx, &Scope::Platform, &number)? else { continue };
        follow(tx, row, today)?;
    }
    Ok(due.len())
}

fn follow(tx: &mut Tx<'_>, mut certificate: CertificateRow, today: Day) -> Outcome<()> {
    let ended = alive(tx, &certificate).is_err();
    for mut row in store::requirements_of(tx, certificate.id)? {
        let (Some(ends_on), Some(_)) = (row.ends_on, row.act_on.filter(|day| *day <= today)) else { continue };
        let requirement = requirement(&row)?;
        row.act_on = None;
        if !ended && ends_on >= today {
            warn(tx, &certificate, &requirement, ends_on)?;
            let days = warning_days(tx, &certificate, today)?;
            row.act_on = Some(rules::act_on(ends_on, &days, Some(today), today));
        } else if !ended && certificate.status == CertificateStatus::Valid {
            // Where an office suspended it, it stays as decided; that a document ended is seen when it is to be restored.
            let ruling = ended_ruling(&requirement, ends_on);
            certificate = certificates::happen(tx, None, certificate, Event::Suspend, &ruling)?;
        }
        store::save_requirement(tx, &row)?;
    }
    Ok(())
}

/// The suspension of a certificate whose documents have ended.
pub(super) fn ended_ruling(requirement: &Requirement, ends_on: Day) -> Ruling {
    let (zh, _) = requirement.words();
    Ruling {
        reason_code: Some(EndReason::DocumentsExpired),
        reason: Some(format!("{zh}已于 {ends_on} 到期，提交新的材料并经县级审核后恢复。")),
        safety: false,
        until: None,
    }
}

fn warn(tx: &mut Tx<'_>, certificate: &CertificateRow, requirement: &Requirement, ends_on: Day) -> Outcome<()> {
    let (number, name) = (&certificate.number, &certificate.product_name);
    let left = ends_on.epoch_days() - tx.at().day().epoch_days();
    let (what_zh, what_en) = requirement.words();
    let zh = format!(
        "{name} 的认定证书 {number} 所依据的{what_zh}将于 {ends_on} 到期，还有 {left} 天。请及时提交新的材料；到期未更新的，证书自动暂停，商品下架。"
    );
    let en = format!(
        "Certificate {number} of {name} rests on {what_en}, which ends on {ends_on}, in {left} days. Bring a new one in time, or the certificate is suspended and its listings are withdrawn."
    );
    tell(
        tx,
        certificate.org_id,
        ("认定证书所依据材料即将到期", "A document of your certificate ends soon"),
        (&zh, &en),
    )?;
    note(
        tx,
        None,
        certificate,
        "certificate.document_ending",
        json!({ "requirement": requirement.key(), "ends_on": ends_on, "days_left": left }),
    )
}

fn tell_decided(tx: &mut Tx<'_>, certificate: &CertificateRow, accepted: bool, reason: Option<&str>) -> Outcome<()> {
    let (number, name, reason) = (&certificate.number, &certificate.product_name, reason.unwrap_or_default());
    let (zh, en) = if accepted { ("已接受", "accepted") } else { ("未被接受", "refused") };
    let text_zh = format!("您为 {name}（证书 {number}）提交的材料{zh}。{reason}");
    let text_en = format!("The document that you brought for {name} (certificate {number}) was {en}. {reason}");
    tell(tx, certificate.org_id, (&format!("证书材料{zh}"), &format!("Document {en}")), (&text_zh, &text_en))
}

fn note(
    tx: &mut Tx<'_>,
    actor: Option<&Actor>,
    certificate: &CertificateRow,
    action: &'static str,
    mut details: serde_json::Value,
) -> Outcome<()> {
    details["number"] = json!(certificate.number);
    let entry = audit::Entry {
        actor,
        action,
        subject: certificate.id.to_string(),
        owner_org: certificate.org_id,
        other_org: None,
        region: certificate.county,
        details,
    };
    audit::record(tx, &entry)
}

/// Gives waiting documents their deadline anew after a calendar was loaded, never a shorter one; how many.
pub(super) fn recompute(tx: &mut Tx<'_>) -> Outcome<usize> {
    let waiting = store::provisional_documents(tx)?;
    for row in &waiting {
        let start = row.brought_at.day();
        let days = rulebook::load(tx, &row.county, start, &[RuleName::ReviewDays])?.int(RuleName::ReviewDays)?;
        let deadline = regions::deadline_working_days(tx, &row.county, start, days)?;
        let due_on = row.due_on.map_or(Day::new(deadline.day), |promised| promised.max(Day::new(deadline.day)));
        store::move_document(tx, row.id, due_on, deadline.provisional)?;
    }
    Ok(waiting.len())
}
