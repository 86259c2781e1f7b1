//! The work of an office: who of it does what, what reviewers advise each other, and reminders of deadlines.

use super::super::rules::{CertificationDecision, CertificationState, Refusal};
use super::super::store::{self, ApplicationRow, AssignmentRow, OpinionRow};
use super::progress::{self, Case};
use super::review;
use crate::audit;
use crate::identity;
use crate::kernel::actor::{Actor, OrgKind, Role, Scope};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{CertificationApplicationId, UserId};
use crate::kernel::time::Day;
use crate::notifications::{self, Both};
use crate::platform::db::Tx;
use crate::rulebook::{self, RuleName};
use serde_json::json;
use std::collections::BTreeMap;

/// Applications handled in one transaction of reminders.
const BATCH: i64 = 200;
/// Applications that one mail names; of more it gives the number.
const NAMED: usize = 20;

/// Gives an application that waits for the own office to a reviewer of it, or back to the office. Who takes it from a
/// colleague says why.
///
/// # Errors
/// `stale_version`, `wrong_state`, `forbidden` for another office, `separation_of_duties` for who took another part, or the
/// field at fault.
pub fn assign(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: CertificationApplicationId,
    version: i64,
    to: Option<UserId>,
    reason: Option<&str>,
) -> Outcome<ApplicationRow> {
    let mut case = open_case(tx, actor, id, Some(version))?;
    let before = case.row.assigned_to;
    if before.is_some_and(|who| who != actor.user_id) && before != to && reason.is_none() {
        let message = Message::new("从他人手中转办须说明原因", "say why it is taken from a colleague");
        return Err(AppError::field(Code::ValidationFailed, "/reason", message));
    }
    if let Some(to) = to {
        if !identity::holds(tx, to, actor.org_id, Role::Reviewer)? {
            let message = Message::new("不是本单位的审核人员", "is no reviewer of the office");
            return Err(AppError::field(Code::ValidationFailed, "/user_id", message));
        }
        review::may_work(tx, (to, actor.region), &case)?;
    }
    case.row.assigned_to = to;
    let step_key = case.step().map(|step| step.key.clone()).unwrap_or_default();
    let row = AssignmentRow {
        id: tx.new_id(),
        application_id: id,
        round: case.row.round,
        step_key,
        office_org: actor.org_id,
        assignee: to,
        assigned_by: actor.user_id,
        reason: reason.map(str::to_owned),
        at: tx.at(),
    };
    store::insert_assignment(tx, &row)?;
    case.save(tx)?;
    let details = json!({ "step": row.step_key, "from": before, "to": to });
    audit::record(tx, &case.entry(Some(actor), "certification.assigned", details))?;
    tell_assignee(tx, actor, &case, to)?;
    Ok(case.row)
}

/// An application at a step of the actor's office.
fn open_case(tx: &mut Tx<'_>, actor: &Actor, id: CertificationApplicationId, version: Option<i64>) -> Outcome<Case> {
    let case = progress::claim(tx, &actor.scope, id, version)?;
    if case.row.state != CertificationState::InReview {
        return Err(Code::WrongState.into());
    }
    if case.row.office == Some(actor.region) { Ok(case) } else { Err(Refusal::OtherOffice.into()) }
}

fn tell_assignee(tx: &mut Tx<'_>, actor: &Actor, case: &Case, to: Option<UserId>) -> Outcome<()> {
    let Some(to) = to.filter(|to| *to != actor.user_id) else { return Ok(()) };
    let (_, address) = identity::person(tx, to)?;
    let (name, due) = (&case.row.product_name, case.row.due_on.map(|due| due.to_string()).unwrap_or_default());
    let zh = format!("{name} 的认定申请由您承办，办理期限 {due}。");
    let en = format!("The application for {name} is yours to review, until {due}.");
    let subject = Both { zh: "认定申请交您承办", en: "Application assigned to you" };
    notifications::mail(tx, &address, subject, Both { zh: &zh, en: &en })
}

/// What a reviewer advises.
#[derive(Debug, Clone)]
pub struct NewOpinion {
    /// What to decide.
    pub advises: CertificationDecision,
    /// Why.
    pub text: String,
}

/// Leaves an advice on an application that waits for the own office; the applicant does not see it.
///
/// # Errors
/// `not_found`, `wrong_state`, `forbidden` for another office, `separation_of_duties`.
pub fn advise(tx: &mut Tx<'_>, actor: &Actor, id: CertificationApplicationId, new: &NewOpinion) -> Outcome<OpinionRow> {
    let mut case = open_case(tx, actor, id, None)?;
    super::no_party(tx, actor.user_id, &case.row)?;
    let row = OpinionRow {
        id: tx.new_id(),
        application_id: id,
        round: case.row.round,
        step_key: case.step().map(|step| step.key.clone()).unwrap_or_default(),
        office_org: actor.org_id,
        given_by: actor.user_id,
        advises: new.advises,
        text: new.text.clone(),
        at: tx.at(),
    };
    store::insert_opinion(tx, &row)?;
    case.save(tx)?;
    // The feed is the applicant's too: it does not tell what was advised.
    audit::record(tx, &case.entry(Some(actor), "certification.opinion_left", json!({ "step": row.step_key })))?;
    Ok(row)
}

/// Reminds offices of reviews whose deadline is near or over, each reader by one mail; how many applications.
///
/// # Errors
/// When the database fails.
pub fn remind(tx: &mut Tx<'_>) -> Outcome<usize> {
    let today = tx.at().day();
    let ids = store::to_remind(tx, today, BATCH)?;
    let mut readers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for id in &ids {
        let mut case = progress::claim(tx, &Scope::Platform, *id, None)?;
        if case.row.remind_on.is_some_and(|day| day <= today) {
            let line = line(&case, today);
            for address in who_works(tx, &case)? {
                readers.entry(address).or_default().push(line.clone());
            }
            case.row.remind_on = next_reminder(tx, &case, today)?;
        }
        case.save(tx)?;
    }
    for (address, lines) in &readers {
        mail_lines(tx, address, lines)?;
    }
    Ok(ids.len())
}

/// The day after the deadline, and then every so many days while it is late.
fn next_reminder(tx: &mut Tx<'_>, case: &Case, today: Day) -> Outcome<Option<Day>> {
    let Some(due) = case.row.due_on.filter(|_| case.row.state == CertificationState::InReview) else { return Ok(None) };
    if today <= due {
        return Ok(Some(due.plus_days(1)));
    }
    let region = case.row.office.unwrap_or(case.row.county);
    let every = rulebook::load(tx, &region, today, &[RuleName::LateReminderDays])?.int(RuleName::LateReminderDays)?;
    Ok(Some(today.plus_days(every.max(1))))
}

fn line(case: &Case, today: Day) -> String {
    let (product, supplier) = (&case.row.product_name, &case.row.supplier_name);
    match case.row.due_on {
        Some(due) if due < today => format!("· {product}（{supplier}）期限 {due}，已逾期 overdue"),
        Some(due) => format!("· {product}（{supplier}）期限 due {due}"),
        None => format!("· {product}（{supplier}）"),
    }
}

/// Who works on it; where nobody does, all reviewers of its office, or of the nearest one above.
fn who_works(tx: &mut Tx<'_>, case: &Case) -> Outcome<Vec<String>> {
    if let Some(assignee) = case.row.assigned_to {
        return Ok(vec![identity::person(tx, assignee)?.1]);
    }
    let region = case.row.office.unwrap_or(case.row.county);
    let Some(office) = identity::nearest_office(tx, OrgKind::PovertyOffice, &region)? else { return Ok(Vec::new()) };
    Ok(identity::recipients(tx, office, Role::Reviewer)?.into_iter().map(|(_, address)| address).collect())
}

fn mail_lines(tx: &mut Tx<'_>, address: &str, lines: &[String]) -> Outcome<()> {
    let count = lines.len();
    let named = lines[..count.min(NAMED)].join("\n");
    let zh = format!("您有 {count} 件认定申请临近或超过办理期限：\n{named}");
    let en = format!("{count} applications of yours are near or past their deadline; they are named above.");
    let subject = Both { zh: "认定申请办理期限提醒", en: "Deadlines of applications" };
    notifications::mail(tx, address, subject, Both { zh: &zh, en: &en })
}
