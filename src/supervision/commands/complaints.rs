//! Complaints: anybody files, a buyer about its order too; the handling office accepts, verifies, decides and replies.

use super::findings::{self, NewFinding};
use super::{due, no_party, office_above, own_files, tell, tell_office};
use crate::audit;
use crate::identity;
use crate::kernel::actor::{Actor, OrgKind, Role, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{ComplaintId, FileId, OrderId};
use crate::kernel::region_code::RegionCode;
use crate::ordering;
use crate::platform::db::Tx;
use crate::platform::secret::{sha256, sha256_parts, token};
use crate::rulebook::RuleName;
use crate::supervision::rules::{
    self, ComplaintEvent as Event, ComplaintOrigin, ComplaintOutcome, ComplaintState, FindingCode, FindingSource,
    SubjectKind,
};
use crate::supervision::store::{self, ComplaintRow, StepRow};
use crate::supervision::subject::Subject;
use serde_json::json;

/// What somebody complains of.
#[derive(Debug, Clone)]
pub struct NewComplaint {
    /// What is wrong.
    pub text: String,
    /// The number under which the hotline 12317 took it.
    pub reference: Option<String>,
}

/// Who complains without signing in.
#[derive(Debug, Clone)]
pub struct Stranger {
    /// How the handling office reaches him; nobody else sees it.
    pub contact: String,
    /// The address it comes from; only a digest of it is stored.
    pub address: String,
}

/// What the handling office does.
#[derive(Debug, Clone)]
pub struct Handling {
    /// What.
    pub event: Event,
    /// In words: what was found, why it was decided so, what the complainant reads.
    pub text: Option<String>,
    /// What shows it.
    pub files: Vec<FileId>,
    /// The finding that an upheld complaint opens.
    pub finding: Option<(FindingCode, String)>,
}

/// Takes a complaint of anybody; the receipt is shown once.
///
/// # Errors
/// `too_many_requests` while enough from the same source are open; `already_exists` for a hotline's number that is known.
pub fn file_public(
    tx: &mut Tx<'_>,
    subject: &Subject,
    who: &Stranger,
    new: &NewComplaint,
) -> Outcome<(ComplaintRow, String)> {
    // Each is looked into, so that one source may not file any number of them.
    let source = sha256_parts(&[b"complaint", &subject.owner.0, identity::source(&who.address).as_bytes()]);
    if store::open_complaints_from(tx, &source)? >= rules::MOST_OPEN_COMPLAINTS {
        return Err(AppError::new(Code::TooManyRequests).retry_after(3600).detail(
            "该来源对本供应商已有多件投诉待处理",
            "several complaints of yours about this supplier are being looked into",
        ));
    }
    let receipt = token("yc_");
    let row = ComplaintRow {
        contact: Some(who.contact.clone()),
        source: Some(source.to_vec()),
        receipt_hash: Some(sha256(receipt.as_bytes()).to_vec()),
        ..received(tx, ComplaintOrigin::Public, subject, new)?
    };
    enter(tx, None, &row)?;
    Ok((row, receipt))
}

/// Takes a buyer's complaint about an order of its own.
///
/// # Errors
/// `not_found` for an order of others; `already_exists` while one about the order is open.
pub fn file_about_order(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, new: &NewComplaint) -> Outcome<ComplaintRow> {
    let order = ordering::bought(tx, actor.org_id, id)?;
    let supplier = identity::organisation(tx, order.supplier_id)?;
    let subject = Subject {
        kind: SubjectKind::Order,
        id: id.to_string(),
        name: order.goods,
        owner: supplier.id,
        owner_name: supplier.name,
        region: supplier.region_code,
    };
    if let Some(open) = store::open_complaint_about(tx, &subject.id)? {
        return Err(AppError::new(Code::AlreadyExists)
            .detail("该订单已有投诉在办理", "a complaint about this order is being looked into")
            .with("existing", open.to_string()));
    }
    let row = ComplaintRow {
        buyer_org: Some(actor.org_id),
        filed_by: Some(actor.user_id),
        ..received(tx, ComplaintOrigin::Buyer, &subject, new)?
    };
    enter(tx, Some(actor), &row)?;
    Ok(row)
}

/// A complaint as it begins: with the office of the supplier's county, or the nearest above where there is none.
fn received(tx: &mut Tx<'_>, origin: ComplaintOrigin, subject: &Subject, new: &NewComplaint) -> Outcome<ComplaintRow> {
    if let Some(reference) = &new.reference
        && store::complaint_of_reference(tx, reference)?.is_some()
    {
        return Err(AppError::new(Code::AlreadyExists)
            .detail("该 12317 编号已登记投诉", "a complaint with this number of 12317 is registered"));
    }
    let today = tx.at().day();
    let last = due(tx, &subject.region, today, RuleName::ComplaintAcceptDays)?;
    Ok(ComplaintRow {
        id: tx.new_id(),
        origin,
        subject_kind: subject.kind,
        subject: subject.id.clone(),
        subject_name: subject.name.clone(),
        supplier_org: subject.owner,
        supplier_name: subject.owner_name.clone(),
        region_code: subject.region,
        office: handling_office(tx, &subject.region)?,
        contact: None,
        text: new.text.clone(),
        reference_12317: new.reference.clone(),
        buyer_org: None,
        filed_by: None,
        filed_at: tx.at(),
        source: None,
        receipt_hash: None,
        state: ComplaintState::Received,
        outcome: None,
        reason: None,
        reply: None,
        handler: None,
        finding_id: None,
        due_from: today,
        due_on: Some(last.on),
        due_provisional: last.provisional,
        due_rule_id: Some(last.rule),
        decided_at: None,
        updated_at: tx.at(),
        version: 1,
    })
}

fn handling_office(tx: &mut Tx<'_>, region: &RegionCode) -> Outcome<RegionCode> {
    match identity::nearest_office(tx, OrgKind::PovertyOffice, region)? {
        Some(office) => Ok(identity::organisation(tx, office)?.region_code),
        None => Ok(*region),
    }
}

/// Who files at the same moment under the same number, or about the same order, is refused by the index.
fn enter(tx: &mut Tx<'_>, actor: Option<&Actor>, row: &ComplaintRow) -> Outcome<()> {
    tx.attempt(|tx| store::insert_complaint(tx, row))?;
    let details = json!({ "origin": row.origin, "subject": row.subject, "office": row.office, "due_on": row.due_on, "rule_id": row.due_rule_id });
    record(tx, actor, row, "complaint.received", details)?;
    let (name, day) = (&row.subject_name, row.due_on.unwrap_or(row.due_from));
    let zh = format!("收到关于 {name} 的投诉，请于 {day} 前决定是否受理。");
    let en = format!("A complaint about {name} was received; decide by {day} whether to accept it.");
    tell_office(tx, &row.office, ("收到投诉", "Complaint received"), (&zh, &en))
}

/// Handles a complaint: the office that has it, or one above.
///
/// # Errors
/// `not_found`, `stale_version`, `forbidden` for another office, `separation_of_duties`, `wrong_state`, or what a finding lacks.
pub fn handle(tx: &mut Tx<'_>, actor: &Actor, id: ComplaintId, version: i64, step: &Handling) -> Outcome<ComplaintRow> {
    let mut row = store::claim_complaint(tx, &actor.scope, id)?.ok_or(Code::NotFound)?;
    if version != row.version - 1 {
        return Err(Code::StaleVersion.into());
    }
    no_party(tx, actor, row.supplier_org)?;
    if let Some(buyer) = row.buyer_org {
        no_party(tx, actor, buyer)?;
    }
    rules::office_or_above(&actor.region, &row.office)?;
    rules::may_open_finding(step.event, step.finding.is_some())?;
    let late = rules::complaint_overdue(row.state, row.due_on, tx.at().day());
    row.state = rules::complaint_next(row.state, step.event)
        .ok_or_else(|| AppError::new(Code::WrongState).with("state", row.state.as_str()))?;
    effect(tx, actor, &mut row, step)?;
    let done = StepRow {
        id: tx.new_id(),
        complaint_id: id,
        event: step.event,
        text: step.text.clone(),
        file_ids: own_files(tx, actor, &step.files)?,
        office_org: actor.org_id,
        office: row.office,
        taken_by: actor.user_id,
        taken_at: tx.at(),
        late,
        due_on: row.due_on,
        due_rule_id: row.due_rule_id,
    };
    store::insert_step(tx, &done)?;
    save(tx, &mut row)?;
    let details = json!({ "event": step.event, "state": row.state, "office": row.office, "outcome": row.outcome,
        "finding_id": row.finding_id, "due_on": row.due_on, "rule_id": row.due_rule_id, "late": late });
    record(tx, Some(actor), &row, action(step.event), details)?;
    tell_handled(tx, &row, step.event)?;
    Ok(row)
}

/// What a step changes on the complaint besides its state.
fn effect(tx: &mut Tx<'_>, actor: &Actor, row: &mut ComplaintRow, step: &Handling) -> Outcome<()> {
    match step.event {
        Event::Accept => {
            row.handler = Some(actor.user_id);
            row.due_from = tx.at().day();
            let last = due(tx, &row.region_code, row.due_from, RuleName::ComplaintDecideDays)?;
            (row.due_on, row.due_provisional, row.due_rule_id) = (Some(last.on), last.provisional, Some(last.rule));
        }
        Event::HandUp => {
            row.office = office_above(tx, &row.office)?;
            row.handler = None;
        }
        Event::Verify => {}
        Event::Uphold | Event::Dismiss => {
            let upheld = step.event == Event::Uphold;
            row.outcome = Some(if upheld { ComplaintOutcome::Upheld } else { ComplaintOutcome::Dismissed });
            row.reason.clone_from(&step.text);
            row.decided_at = Some(tx.at());
            (row.due_on, row.due_provisional, row.due_rule_id) = (None, false, None);
            if let Some((code, text)) = &step.finding {
                let new = NewFinding {
                    source: FindingSource::Complaint,
                    source_id: Some(row.id.to_string()),
                    code: *code,
                    text: text.clone(),
                };
                row.finding_id = Some(findings::open(tx, actor, &subject_of(row), &new)?.id);
            }
        }
        Event::Reply => row.reply.clone_from(&step.text),
    }
    Ok(())
}

fn subject_of(row: &ComplaintRow) -> Subject {
    Subject {
        kind: row.subject_kind,
        id: row.subject.clone(),
        name: row.subject_name.clone(),
        owner: row.supplier_org,
        owner_name: row.supplier_name.clone(),
        region: row.region_code,
    }
}

/// Computes provisional deadlines anew; nobody loses days that were promised.
pub(super) fn recompute(tx: &mut Tx<'_>) -> Outcome<usize> {
    let waiting = store::provisional_complaints(tx)?;
    for id in &waiting {
        let Some(mut row) = store::claim_complaint(tx, &Scope::Platform, *id)? else { continue };
        if row.state.runs() {
            let name = match row.state {
                ComplaintState::Received => RuleName::ComplaintAcceptDays,
                _ => RuleName::ComplaintDecideDays,
            };
            let last = due(tx, &row.region_code, row.due_from, name)?;
            (row.due_on, row.due_provisional) = (row.due_on.max(Some(last.on)), last.provisional);
        }
        save(tx, &mut row)?;
    }
    Ok(waiting.len())
}

fn save(tx: &mut Tx<'_>, row: &mut ComplaintRow) -> Outcome<()> {
    row.updated_at = tx.at();
    if store::save_complaint(tx, row)? == 1 { Ok(()) } else { Err(Code::StaleVersion.into()) }
}

const fn action(event: Event) -> &'static str {
    match event {
        Event::Accept => "complaint.accepted",
        Event::HandUp => "complaint.handed_up",
        Event::Verify => "complaint.verified",
        Event::Uphold => "complaint.upheld",
        Event::Dismiss => "complaint.dismissed",
        Event::Reply => "complaint.replied",
    }
}

fn record(
    tx: &mut Tx<'_>,
    actor: Option<&Actor>,
    row: &ComplaintRow,
    action: &'static str,
    details: serde_json::Value,
) -> Outcome<()> {
    let entry = audit::Entry {
        actor,
        action,
        subject: row.id.to_string(),
        owner_org: row.supplier_org,
        other_org: row.buyer_org,
        region: row.region_code,
        details,
    };
    audit::record(tx, &entry)
}

/// The supplier hears of what was accepted and decided, the buyer of what is answered, the next office of what is its now.
fn tell_handled(tx: &mut Tx<'_>, row: &ComplaintRow, event: Event) -> Outcome<()> {
    let (name, reason) = (&row.subject_name, row.reason.as_deref().unwrap_or_default());
    let supplier = |tx: &mut Tx<'_>, subject, zh: String, en: String| {
        tell(tx, row.supplier_org, Role::Seller, subject, (&zh, &en))
    };
    match event {
        Event::Accept => supplier(
            tx,
            ("投诉受理", "Complaint accepted"),
            format!("关于 {name} 的投诉已受理，请配合核查。"),
            format!("A complaint about {name} was accepted and is being looked into."),
        ),
        Event::Uphold => supplier(
            tx,
            ("投诉属实", "Complaint upheld"),
            format!("关于 {name} 的投诉经核查属实：{reason}"),
            format!("The complaint about {name} was upheld: {reason}"),
        ),
        Event::Dismiss => supplier(
            tx,
            ("投诉不成立", "Complaint dismissed"),
            format!("关于 {name} 的投诉不成立：{reason}"),
            format!("The complaint about {name} was dismissed: {reason}"),
        ),
        Event::HandUp => {
            let zh = format!("关于 {name} 的投诉已移交本部门办理。");
            let en = format!("The complaint about {name} was handed up to this office.");
            tell_office(tx, &row.office, ("投诉移交", "Complaint handed up"), (&zh, &en))
        }
        Event::Reply => match row.buyer_org {
            Some(buyer) => {
                let reply = row.reply.as_deref().unwrap_or_default();
                let zh = format!("贵单位关于 {name} 的投诉已答复：{reply}");
                let en = format!("Your complaint about {name} was answered: {reply}");
                tell(tx, buyer, Role::Trader, ("投诉答复", "Complaint answered"), (&zh, &en))
            }
            None => Ok(()),
        },
        Event::Verify => Ok(()),
    }
}
