//! Use cases of admission: apply, recommend, review; give and revoke mandates.

use super::rules::{self, AdmissionDecision, AdmissionRefusalReason, AdmissionStep, SupplierApplicationStatus};
use super::store::{self, ApplicationRow, DecisionRow, MandateRow};
use crate::identity::{self, Organisation};
use crate::kernel::actor::{Actor, Role, Scope};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{FileId, MandateId, OrgId, ProductId, SupplierApplicationId, UserId};
use crate::kernel::time::Day;
use crate::notifications::{self, Both};
use crate::platform::db::Tx;
use crate::{audit, blacklist, documents};
use serde_json::json;

/// The outbox topic of revoked mandates: [`MandateRevoked`]; `app.rs` binds it to the catalogue.
pub const MANDATE_REVOKED: &str = "admission.mandate_revoked";

/// A mandate was revoked: what is sold under it ends.
#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize)]
pub struct MandateRevoked {
    /// The mandate.
    pub mandate_id: MandateId,
}

/// The outbox topic of ended admissions: [`AdmissionEnded`]; `app.rs` binds it to ordering.
pub const ADMISSION_ENDED: &str = "admission.ended";

/// A supplier's admission ended: its goods are withdrawn already, its unanswered orders are stopped.
#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize)]
pub struct AdmissionEnded {
    /// The supplier.
    pub org_id: OrgId,
}

/// What a supplier says when it applies.
#[derive(Debug, Clone)]
pub struct NewApplication {
    /// What it makes and whom it helps.
    pub statement: String,
    /// Business licence and whatever else supports it; the supplier's own files.
    pub files: Vec<FileId>,
}

/// Applies for admission of the actor's organisation.
///
/// # Errors
/// `already_exists` when an application is open or the supplier admitted; `validation_failed` for unknown files.
pub fn apply(tx: &mut Tx<'_>, actor: &Actor, new: &NewApplication) -> Outcome<SupplierApplicationId> {
    let today = tx.at().day();
    blacklist::refuse_listed(tx, actor.org_id, today)?;
    check_files(tx, actor, &new.files)?;
    let row = insert(tx, actor, actor.org_id, SupplierApplicationStatus::Submitted, new)?;
    record(tx, Some(actor), "supplier_application.submitted", &row, json!({ "files": new.files }))?;
    Ok(row.id)
}

fn insert(
    tx: &mut Tx<'_>,
    by: &Actor,
    supplier: OrgId,
    status: SupplierApplicationStatus,
    new: &NewApplication,
) -> Outcome<ApplicationRow> {
    let supplier = identity::organisation(tx, supplier)?;
    let row = ApplicationRow {
        id: tx.new_id(),
        org_id: supplier.id,
        region_code: supplier.region_code,
        status,
        statement: new.statement.trim().to_owned(),
        files: serde_json::to_string(&new.files).map_err(AppError::internal)?,
        submitted_by: by.user_id,
        submitted_at: tx.at(),
        submitted_day: tx.at().day(),
        version: 1,
    };
    tx.attempt(|tx| store::insert_application(tx, &row)).map_err(|error| match error.code() {
        Code::AlreadyExists => {
            error.detail("已有在办申请或已入驻", "an application is open or the supplier is admitted")
        }
        _ => error,
    })?;
    Ok(row)
}

/// Fills in an application for a supplier, which completes and submits it itself.
///
/// # Errors
/// `already_exists` when an application is open or the supplier admitted.
pub fn draft(tx: &mut Tx<'_>, by: &Actor, supplier: OrgId, new: &NewApplication) -> Outcome<SupplierApplicationId> {
    let row = insert(tx, by, supplier, SupplierApplicationStatus::Draft, new)?;
    record(tx, Some(by), "supplier_application.drafted", &row, json!({}))?;
    Ok(row.id)
}

/// The supplier submits what was drafted for it, in its own words.
///
/// # Errors
/// `not_found`, `stale_version`, `wrong_state` when it is no draft; `validation_failed` for unknown files.
pub fn submit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: SupplierApplicationId,
    seen: i64,
    new: &NewApplication,
) -> Outcome<()> {
    check_files(tx, actor, &new.files)?;
    let mut row = store::claim_own(tx, actor.org_id, id)?.ok_or(Code::NotFound)?;
    if row.version - 1 != seen {
        return Err(Code::StaleVersion.into());
    }
    row.status = rules::submit(row.status)?;
    row.region_code = identity::organisation(tx, actor.org_id)?.region_code;
    new.statement.trim().clone_into(&mut row.statement);
    row.files = serde_json::to_string(&new.files).map_err(AppError::internal)?;
    row.submitted_by = actor.user_id;
    row.submitted_at = tx.at();
    row.submitted_day = tx.at().day();
    store::save_application(tx, &row)?;
    record(tx, Some(actor), "supplier_application.submitted", &row, json!({ "files": new.files }))
}

fn check_files(tx: &mut Tx<'_>, actor: &Actor, files: &[FileId]) -> Outcome<()> {
    for (at, id) in files.iter().enumerate() {
        check_file(tx, actor, &format!("/files/{at}"), *id)?;
    }
    Ok(())
}

fn check_file(tx: &mut Tx<'_>, actor: &Actor, pointer: &str, id: FileId) -> Outcome<()> {
    documents::file(tx, &Scope::Org(actor.org_id), id).map(drop).map_err(|error| match error.code() {
        Code::NotFound => unknown(pointer, "没有这个文件", "there is no such file"),
        _ => error,
    })
}

fn unknown(pointer: &str, zh: &str, en: &str) -> AppError {
    AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en))
}

fn record(
    tx: &mut Tx<'_>,
    actor: Option<&Actor>,
    action: &'static str,
    row: &ApplicationRow,
    details: serde_json::Value,
) -> Outcome<()> {
    let entry = audit::Entry {
        actor,
        action,
        subject: row.id.to_string(),
        owner_org: row.org_id,
        other_org: None,
        region: row.region_code,
        details,
    };
    audit::record(tx, &entry)
}

/// What an office or the platform decides.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// Accept or refuse.
    pub decision: AdmissionDecision,
    /// Why, for a refusal.
    pub reason_code: Option<AdmissionRefusalReason>,
    /// In the reviewer's words; needed with the reason `other`.
    pub opinion: Option<String>,
}

/// The office of the supplier's county recommends it, or refuses.
///
/// # Errors
/// `not_found` outside the region, `forbidden` for another level's office, `wrong_state`, `separation_of_duties`,
/// `validation_failed` for a refusal without its reason.
pub fn recommend(tx: &mut Tx<'_>, actor: &Actor, id: SupplierApplicationId, verdict: &Verdict) -> Outcome<()> {
    decide(tx, actor, id, AdmissionStep::Recommendation, verdict).map(drop)
}

/// The platform admits a recommended supplier, or refuses.
///
/// # Errors
/// `not_found`, `wrong_state`, `separation_of_duties`, `validation_failed` for a refusal without its reason.
pub fn review(tx: &mut Tx<'_>, actor: &Actor, id: SupplierApplicationId, verdict: &Verdict) -> Outcome<()> {
    decide(tx, actor, id, AdmissionStep::Review, verdict).map(drop)
}

fn decide(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: SupplierApplicationId,
    step: AdmissionStep,
    verdict: &Verdict,
) -> Outcome<OrgId> {
    rules::reasoned(verdict.decision, verdict.reason_code, verdict.opinion.as_deref())?;
    let row = store::claim_application(tx, &actor.scope, id)?.ok_or(Code::NotFound)?;
    if step == AdmissionStep::Recommendation {
        rules::own_county(actor.region, row.region_code)?;
    }
    let next = rules::decide(row.status, step, verdict.decision)?;
    let mut earlier: Vec<UserId> = store::decisions_of(tx, &[id])?.iter().map(|d| d.decided_by).collect();
    earlier.push(row.submitted_by);
    if step != AdmissionStep::Ending {
        rules::another_person(&earlier, actor.user_id)?;
    }
    if identity::is_member(tx, actor.user_id, row.org_id)? {
        return Err(Code::SeparationOfDuties.into());
    }
    if verdict.decision == AdmissionDecision::Accept {
        let today = tx.at().day();
        blacklist::refuse_listed(tx, row.org_id, today)?;
    }
    if !store::move_application(tx, id, row.status, next)? {
        return Err(Code::WrongState.into());
    }
    let decision = DecisionRow {
        id: tx.new_id(),
        application_id: id,
        step,
        decision: verdict.decision,
        reason_code: verdict.reason_code,
        opinion: verdict.opinion.clone(),
        decided_by: actor.user_id,
        decided_for: actor.org_id,
        decided_at: tx.at(),
        decided_day: tx.at().day(),
    };
    store::insert_decision(tx, &decision)?;
    let details = json!({ "step": step, "decision": verdict.decision, "reason_code": verdict.reason_code });
    record(tx, Some(actor), action(next), &row, details)?;
    tell(tx, &row, next, verdict)?;
    Ok(row.org_id)
}

fn action(next: SupplierApplicationStatus) -> &'static str {
    match next {
        SupplierApplicationStatus::Draft => "supplier_application.drafted",
        SupplierApplicationStatus::Submitted => "supplier_application.submitted",
        SupplierApplicationStatus::Recommended => "supplier_application.recommended",
        SupplierApplicationStatus::Admitted => "supplier_application.admitted",
        SupplierApplicationStatus::Refused => "supplier_application.refused",
        SupplierApplicationStatus::Ended => "supplier_application.ended",
    }
}

/// Tells the supplier how its application ended; a recommendation is only a step.
fn tell(tx: &mut Tx<'_>, row: &ApplicationRow, next: SupplierApplicationStatus, verdict: &Verdict) -> Outcome<()> {
    let reason = verdict.reason_code.map(AdmissionRefusalReason::as_str).unwrap_or_default();
    let why = format!("{reason} {}", verdict.opinion.as_deref().unwrap_or_default());
    let why = why.trim_end();
    let (subject, text) = match next {
        SupplierApplicationStatus::Draft
        | SupplierApplicationStatus::Submitted
        | SupplierApplicationStatus::Recommended => return Ok(()),
        SupplierApplicationStatus::Admitted => (
            Both { zh: "供应商入驻已通过", en: "Supplier admitted" },
            (
                "入驻申请已通过，可以上架商品。".to_owned(),
                "Your application is admitted; you may list products.".to_owned(),
            ),
        ),
        SupplierApplicationStatus::Refused => (
            Both { zh: "供应商入驻未通过", en: "Supplier not admitted" },
            (
                format!("入驻申请未通过，原因：{why}。修改后可重新申请。"),
                format!("Your application is refused: {why}. You may apply again."),
            ),
        ),
        SupplierApplicationStatus::Ended => (
            Both { zh: "供应商入驻已终止", en: "Supplier admission ended" },
            (
                format!(
                    "入驻已终止，原因：{why}。商品已下架，尚未确认的订单将停止；已确认的订单照常履行。可重新申请入驻。"
                ),
                format!(
                    "Your admission has ended: {why}. Your listings are withdrawn and orders you have not answered are stopped; confirmed ones go on. You may apply again."
                ),
            ),
        ),
    };
    for (_, address) in identity::recipients(tx, row.org_id, Role::Seller)? {
        notifications::mail(tx, &address, subject, Both { zh: &text.0, en: &text.1 })?;
    }
    Ok(())
}

/// The platform, or an office in whose region the supplier is, ends an admission, and with it the mandates that the supplier
/// gave; whose admission it was. What the supplier sells is withdrawn by the catalogue, which calls this.
///
/// # Errors
/// `not_found` outside the region, `wrong_state` unless admitted, `separation_of_duties` for a member of the supplier,
/// `validation_failed` for `other` without an opinion.
pub fn end(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: SupplierApplicationId,
    reason: AdmissionRefusalReason,
    opinion: Option<String>,
) -> Outcome<OrgId> {
    let verdict = Verdict { decision: AdmissionDecision::Refuse, reason_code: Some(reason), opinion };
    let org_id = decide(tx, actor, id, AdmissionStep::Ending, &verdict)?;
    let day = tx.at().day();
    for mandate in store::revoke_mandates_of(tx, org_id, day)? {
        record_mandate(tx, actor, "mandate.revoked", &mandate, json!({ "from": day, "by": "admission" }))?;
    }
    crate::platform::jobs::enqueue(tx, ADMISSION_ENDED, &AdmissionEnded { org_id })?;
    Ok(org_id)
}

/// What a producer lets an agent trader sell.
#[derive(Debug, Clone)]
pub struct NewMandate {
    /// The agent trader.
    pub agent_id: OrgId,
    /// The producer's products; naming another's gives nothing, since a mandate counts only for its giver's products.
    pub products: Vec<ProductId>,
    /// First day.
    pub valid_from: Day,
    /// Last day.
    pub valid_until: Day,
    /// The signed mandate.
    pub file_id: Option<FileId>,
}

/// Gives a mandate.
///
/// # Errors
/// `forbidden` for an agent trader, `validation_failed` for what is wrong with it.
pub fn give_mandate(tx: &mut Tx<'_>, actor: &Actor, new: &NewMandate) -> Outcome<MandateId> {
    let agent = agent(tx, new.agent_id)?;
    rules::check_mandate(actor.kind, agent.kind, new.valid_from, new.valid_until, tx.at().day())?;
    if let Some(file) = new.file_id {
        check_file(tx, actor, "/file_id", file)?;
    }
    let producer = identity::organisation(tx, actor.org_id)?;
    let row = MandateRow {
        id: tx.new_id(),
        producer_id: actor.org_id,
        agent_id: new.agent_id,
        region_code: producer.region_code,
        valid_from: new.valid_from,
        valid_until: new.valid_until,
        file_id: new.file_id,
        revoked_from: String::new(),
        created_by: actor.user_id,
        created_at: tx.at(),
        version: 1,
    };
    let mut products = new.products.clone();
    products.sort();
    products.dedup();
    store::insert_mandate(tx, &row, &products)?;
    let details = json!({ "products": products, "from": row.valid_from, "until": row.valid_until });
    record_mandate(tx, actor, "mandate.given", &row, details)?;
    Ok(row.id)
}

fn agent(tx: &mut Tx<'_>, id: OrgId) -> Outcome<Organisation> {
    identity::organisation(tx, id).map_err(|error| match error.code() {
        Code::NotFound => unknown("/agent_id", "没有这个单位", "there is no such organisation"),
        _ => error,
    })
}

fn record_mandate(
    tx: &mut Tx<'_>,
    actor: &Actor,
    action: &'static str,
    row: &MandateRow,
    details: serde_json::Value,
) -> Outcome<()> {
    let entry = audit::Entry {
        actor: Some(actor),
        action,
        subject: row.id.to_string(),
        owner_org: row.producer_id,
        other_org: Some(row.agent_id),
        region: row.region_code,
        details,
    };
    audit::record(tx, &entry)
}

/// Revokes a mandate from today on; what the agent listed under it is withdrawn right after.
///
/// # Errors
/// `not_found`, `stale_version`, `wrong_state` when it was revoked before.
pub fn revoke_mandate(tx: &mut Tx<'_>, actor: &Actor, id: MandateId, seen: i64) -> Outcome<()> {
    let row = store::claim_mandate(tx, actor.org_id, id)?.ok_or(Code::NotFound)?;
    if row.version - 1 != seen {
        return Err(Code::StaleVersion.into());
    }
    if !row.revoked_from.is_empty() {
        return Err(Code::WrongState.into());
    }
    let day = tx.at().day();
    store::revoke_mandate(tx, id, day)?;
    crate::platform::jobs::enqueue(tx, MANDATE_REVOKED, &MandateRevoked { mandate_id: id })?;
    record_mandate(tx, actor, "mandate.revoked", &row, json!({ "from": day }))
}
