//! Objections to public notices: anybody files, the county's office receives, verifies, decides and answers.

use super::super::rules::{
    self, Consequence, Handling, NoticeStatus, ObjectionDecision, ObjectionStage, ObjectionStatus, Refusal,
};
use super::super::store::{self, ObjectionRow};
use super::{progress, tell};
use crate::audit;
use crate::documents::{self, NewFile};
use crate::identity;
use crate::kernel::actor::{Actor, OrgKind, Role, Scope};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{FileId, NoticeId, ObjectionId, RuleId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::notifications::{self, Both};
use crate::platform::db::{Read, Tx};
use crate::platform::http::is_email;
use crate::platform::secret::{self, sha256_parts};
use crate::regions;
use crate::rulebook::{self, RuleName};
use serde_json::json;

/// An objection.
#[derive(Debug, Clone)]
pub struct NewObjection {
    /// How the office reaches who objects; nobody else sees it.
    pub contact: String,
    /// What is wrong.
    pub text: String,
    /// The address it comes from; only a digest of it is stored.
    pub address: String,
}

/// A decision about an objection.
#[derive(Debug, Clone)]
pub struct ObjectionRuling {
    /// Uphold or dismiss.
    pub decision: ObjectionDecision,
    /// Why.
    pub reason: String,
    /// What follows when it is upheld.
    pub consequence: Option<Consequence>,
    /// What who objected is told; the reason where absent.
    pub reply: Option<String>,
}

/// Files an objection while the notice runs.
///
/// # Errors
/// `not_found`; `expired` when the notice is over; `too_many_requests` while enough from the same source are open.
pub fn file_objection(tx: &mut Tx<'_>, id: NoticeId, new: &NewObjection) -> Outcome<(ObjectionRow, String)> {
    let application = store::notice(tx, id)?.ok_or(Code::NotFound)?.application_id;
    let mut case = progress::claim(tx, &Scope::Platform, application, None)?;
    // Read again under the claim: the notice may have been restarted meanwhile.
    let notice = store::notice(tx, id)?.ok_or(Code::NotFound)?;
    if notice.status != NoticeStatus::Open || tx.at() >= notice.ends_at {
        return Err(Refusal::NoticeOver.into());
    }
    // Each open objection holds the application up, so that one source may not file any number of them.
    let source = sha256_parts(&[b"objection", &id.0, identity::source(&new.address).as_bytes()]);
    if store::open_from(tx, id, &source)? >= rules::MOST_OPEN_OBJECTIONS {
        return Err(AppError::new(Code::TooManyRequests).retry_after(3600).detail(
            "该来源对本公示已有多件异议待处理",
            "several objections of yours to this notice are being looked into",
        ));
    }
    let receipt = secret::token("obr_");
    let today = tx.at().day();
    let (due_on, due_provisional, rule) = deadline(tx, &notice.county, RuleName::ObjectionReceiptDays, today)?;
    let row = ObjectionRow {
        id: tx.new_id(),
        notice_id: id,
        application_id: application,
        county: notice.county,
        contact: new.contact.clone(),
        text: new.text.clone(),
        filed_at: tx.at(),
        status: ObjectionStatus::Open,
        consequence: None,
        reason: None,
        decided_by: None,
        decided_at: None,
        source: Some(source.to_vec()),
        stage: ObjectionStage::Filed,
        due_on: Some(due_on),
        due_provisional,
        due_rule_id: Some(rule),
        assigned_to: None,
        received_by: None,
        received_at: None,
        findings: None,
        verified_by: None,
        verified_at: None,
        reply: None,
        receipt: Some(secret::sha256(receipt.as_bytes()).to_vec()),
        file_ids: "[]".to_owned(),
    };
    store::insert_objection(tx, &row)?;
    case.save(tx)?;
    audit::record(tx, &case.entry(None, "objection.filed", json!({ "objection_id": row.id, "notice_id": id })))?;
    tell_office(tx, &case, due_on)?;
    Ok((row, receipt))
}

/// A deadline in working days of the county, with the rule row that sets it.
fn deadline(tx: &mut Tx<'_>, county: &RegionCode, name: RuleName, from: Day) -> Outcome<(Day, bool, RuleId)> {
    let rules = rulebook::load(tx, county, from, &[name])?;
    let rule = rules.row(name)?;
    let deadline = regions::deadline_working_days(tx, county, from, rule.int()?)?;
    Ok((Day::new(deadline.day), deadline.provisional, rule.id))
}

/// The county's reviewers learn of an objection at once: it holds the application up.
fn tell_office(tx: &mut Tx<'_>, case: &progress::Case, due_on: Day) -> Outcome<()> {
    let county = case.row.county;
    let Some(office) = identity::nearest_office(tx, OrgKind::PovertyOffice, &county)? else { return Ok(()) };
    let name = &case.row.product_name;
    let zh = format!("{name} 的公示收到异议，请于 {due_on} 前受理。");
    let en = format!("The notice of {name} was objected to; receive the objection until {due_on}.");
    for (_, address) in identity::recipients(tx, office, Role::Reviewer)? {
        let subject = Both { zh: "公示异议待受理", en: "Objection to be received" };
        notifications::mail(tx, &address, subject, Both { zh: &zh, en: &en })?;
    }
    Ok(())
}

/// The objection of a receipt.
///
/// # Errors
/// `not_found` for another code.
pub fn objection_of_receipt(on: &mut Read, id: ObjectionId, receipt: &str) -> Outcome<ObjectionRow> {
    let found = store::any_objection(on, id)?.ok_or(Code::NotFound)?;
    let digest = secret::sha256(receipt.as_bytes());
    let held = found.receipt.as_deref().is_some_and(|kept| secret::equal(kept, &digest));
    if held { Ok(found) } else { Err(Code::NotFound.into()) }
}

/// Notes a file that who objected brought; offices and auditors of the county's region read it.
///
/// # Errors
/// `not_found` for another code, `wrong_state` once decided, `too_many_requests` beyond a few files.
pub fn add_objection_file(tx: &mut Tx<'_>, id: ObjectionId, receipt: &str, new: &NewFile) -> Outcome<ObjectionRow> {
    let application = objection_of_receipt(tx, id, receipt)?.application_id;
    let mut case = progress::claim(tx, &Scope::Platform, application, None)?;
    let mut row = objection_of_receipt(tx, id, receipt)?;
    if row.stage == ObjectionStage::Decided {
        return Err(Refusal::ObjectionDecided.into());
    }
    let mut files: Vec<FileId> = serde_json::from_str(&row.file_ids).map_err(AppError::internal)?;
    if files.len() >= rules::MOST_FILES {
        return Err(AppError::new(Code::TooManyRequests).detail("最多提交 3 个文件", "three files at most"));
    }
    files.push(documents::enter_anonymous(tx, row.county, new)?);
    row.file_ids = serde_json::to_string(&files).map_err(AppError::internal)?;
    store::handle_objection(tx, &row, row.stage)?;
    case.save(tx)?;
    audit::record(
        tx,
        &case.entry(None, "objection.evidence_added", json!({ "objection_id": id, "files": files.len() })),
    )?;
    Ok(row)
}

/// Receives an objection and gives it to a reviewer of the office, or to another one.
///
/// # Errors
/// `not_found`, `forbidden` for another office than the county's, `separation_of_duties`, `wrong_state`, or the field at fault.
pub fn receive_objection(tx: &mut Tx<'_>, actor: &Actor, id: ObjectionId, to: UserId) -> Outcome<ObjectionRow> {
    let (mut case, found) = claim_objection(tx, actor, id)?;
    if !identity::holds(tx, to, actor.org_id, Role::Reviewer)? {
        let message = Message::new("不是本单位的审核人员", "is no reviewer of the office");
        return Err(AppError::field(Code::ValidationFailed, "/user_id", message));
    }
    super::no_party(tx, to, &case.row)?;
    let stage = rules::handled(found.stage, Handling::Receive)?;
    let today = tx.at().day();
    let mut row = ObjectionRow { stage, assigned_to: Some(to), ..found.clone() };
    if found.stage == ObjectionStage::Filed {
        let (due_on, provisional, rule) = deadline(tx, &found.county, RuleName::ObjectionDecisionDays, today)?;
        (row.due_on, row.due_provisional, row.due_rule_id) = (Some(due_on), provisional, Some(rule));
        (row.received_by, row.received_at) = (Some(actor.user_id), Some(tx.at()));
    }
    write(tx, &mut case, (&found, &row))?;
    let details = json!({ "objection_id": id, "to": to, "due_on": row.due_on, "rule_id": row.due_rule_id });
    audit::record(tx, &case.entry(Some(actor), "objection.received", details))?;
    Ok(row)
}

/// Notes what was found out about a received objection.
///
/// # Errors
/// As [`receive_objection`]; `assigned_to_other` for who it was not given to.
pub fn verify_objection(tx: &mut Tx<'_>, actor: &Actor, id: ObjectionId, findings: &str) -> Outcome<ObjectionRow> {
    let (mut case, found) = claim_objection(tx, actor, id)?;
    let stage = rules::handled(found.stage, Handling::Verify)?;
    if let Some(other) = found.assigned_to.filter(|who| *who != actor.user_id) {
        return Err(AppError::new(Code::AssignedToOther).with("assigned_to", other.to_string()));
    }
    let row = ObjectionRow {
        stage,
        findings: Some(findings.to_owned()),
        verified_by: Some(actor.user_id),
        verified_at: Some(tx.at()),
        ..found.clone()
    };
    write(tx, &mut case, (&found, &row))?;
    audit::record(tx, &case.entry(Some(actor), "objection.verified", json!({ "objection_id": id })))?;
    Ok(row)
}

/// An objection of the actor's own county with its application, claimed.
fn claim_objection(tx: &mut Tx<'_>, actor: &Actor, id: ObjectionId) -> Outcome<(progress::Case, ObjectionRow)> {
    let seen = store::objection(tx, &actor.scope, id)?.ok_or(Code::NotFound)?;
    if actor.region != seen.county {
        return Err(Refusal::OtherOffice.into());
    }
    let case = progress::claim(tx, &actor.scope, seen.application_id, None)?;
    super::no_party(tx, actor.user_id, &case.row)?;
    // Read again under the claim.
    let found = store::objection(tx, &actor.scope, id)?.ok_or(Code::NotFound)?;
    Ok((case, found))
}

fn write(tx: &mut Tx<'_>, case: &mut progress::Case, (from, to): (&ObjectionRow, &ObjectionRow)) -> Outcome<()> {
    if store::handle_objection(tx, to, from.stage)? == 0 {
        return Err(Refusal::ObjectionDecided.into());
    }
    case.save(tx)
}

/// Decides an objection and answers who objected; upheld, it returns or rejects the application at once.
///
/// # Errors
/// `not_found`, `forbidden` for another office than the county's, `separation_of_duties`, `wrong_state` when it is decided,
/// `not_completed_yet` when nothing was found out yet, or what the decision lacks.
pub fn decide_objection(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ObjectionId,
    ruling: &ObjectionRuling,
) -> Outcome<ObjectionRow> {
    let (mut case, found) = claim_objection(tx, actor, id)?;
    let event = rules::objection_event(ruling.decision, ruling.consequence)?;
    let stage = rules::handled(found.stage, Handling::Decide(ruling.decision))?;
    let decided = ObjectionRow {
        stage,
        status: match ruling.decision {
            ObjectionDecision::Uphold => ObjectionStatus::Upheld,
            ObjectionDecision::Dismiss => ObjectionStatus::Dismissed,
        },
        consequence: ruling.consequence,
        reason: Some(ruling.reason.clone()),
        reply: Some(ruling.reply.as_ref().unwrap_or(&ruling.reason).clone()),
        decided_by: Some(actor.user_id),
        decided_at: Some(tx.at()),
        due_on: None,
        due_provisional: false,
        ..found.clone()
    };
    if let Some(event) = event {
        case.happen(tx, Some(actor), event)?;
    }
    write(tx, &mut case, (&found, &decided))?;
    let details = json!({ "objection_id": id, "decision": ruling.decision, "consequence": ruling.consequence, "state": case.row.state });
    audit::record(tx, &case.entry(Some(actor), "objection.decided", details))?;
    if event.is_some() {
        let (name, reason) = (&case.row.product_name, &ruling.reason);
        let zh = format!("对 {name} 公示的异议成立：{reason}");
        let en = format!("An objection to the notice of {name} was upheld: {reason}");
        tell(tx, case.row.org_id, ("公示异议成立", "Objection upheld"), (&zh, &en))?;
    }
    answer(tx, &case, &decided)?;
    Ok(decided)
}

/// Who left an e-mail address gets the reply there; everybody may ask for it with the receipt.
fn answer(tx: &mut Tx<'_>, case: &progress::Case, decided: &ObjectionRow) -> Outcome<()> {
    if !is_email(&decided.contact) {
        return Ok(());
    }
    let (name, reply) = (&case.row.product_name, decided.reply.as_deref().unwrap_or_default());
    let zh = format!("您对 {name} 公示提出的异议已办结：{reply}");
    let en = format!("Your objection to the notice of {name} was decided: {reply}");
    let subject = Both { zh: "异议答复", en: "Answer to your objection" };
    notifications::mail(tx, &decided.contact, subject, Both { zh: &zh, en: &en })
}
