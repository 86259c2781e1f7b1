//! The offices' side: approve, return, reject.

use super::super::rules::{self, CertificationDecision, CertificationState, Event, RejectionReason};
use super::super::store::{self, ApplicationRow, ReviewRow};
use super::progress::{self, Case};
use super::tell;
use crate::audit;
use crate::blacklist;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{CertificationApplicationId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::platform::db::Tx;
use serde_json::json;

/// A decision about an application.
#[derive(Debug, Clone)]
pub struct NewReview {
    /// What is decided.
    pub decision: CertificationDecision,
    /// Why it is rejected.
    pub reason: Option<RejectionReason>,
    /// What the applicant reads.
    pub opinion: Option<String>,
}

/// Decides the open step. The reviewer answers for it for ever.
///
/// # Errors
/// `stale_version`, `notice_running`, `objection_open`, `forbidden` for another office, `separation_of_duties`, `wrong_state`,
/// or what the decision lacks.
pub fn review(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: CertificationApplicationId,
    version: i64,
    new: &NewReview,
) -> Outcome<ApplicationRow> {
    let mut case = progress::claim(tx, &actor.scope, id, None)?;
    not_decided_since(&case, actor, version)?;
    rules::reasoned(new.decision, new.reason, new.opinion.as_deref())?;
    case.leave_notice(tx)?;
    if case.row.state != CertificationState::InReview {
        return Err(Code::WrongState.into());
    }
    not_another_s(&case, actor)?;
    may_work(tx, (actor.user_id, actor.region), &case)?;
    if new.decision == CertificationDecision::Approve {
        super::issue::renewable(tx, &case)?;
        let today = tx.at().day();
        blacklist::refuse_listed(tx, case.row.org_id, today)?;
    }
    let decided = decision(tx, actor, &case, new)?;
    store::insert_review(tx, &decided)?;
    let event = match new.decision {
        CertificationDecision::Approve => Event::Approve,
        CertificationDecision::Return => Event::Return,
        CertificationDecision::Reject => Event::Reject,
        CertificationDecision::Object => Event::Object,
    };
    case.happen(tx, Some(actor), event)?;
    case.save(tx)?;
    let action = match new.decision {
        CertificationDecision::Approve => "certification.step_approved",
        CertificationDecision::Return => "certification.returned",
        CertificationDecision::Reject => "certification.rejected",
        CertificationDecision::Object => "certification.step_objected",
    };
    let details = json!({
        "step": decided.step_key, "reason_code": decided.reason_code, "due_on": decided.due_on, "rule_id": decided.due_rule_id, "state": case.row.state,
    });
    audit::record(tx, &case.entry(Some(actor), action, details))?;
    tell_applicant(tx, &case, new)?;
    Ok(case.row)
}

/// Of two reviewers who decide the same step the second is told what has become of it; any other change is to be read first.
fn not_decided_since(case: &Case, actor: &Actor, version: i64) -> Outcome<()> {
    if case.row.version - 1 == version {
        return Ok(());
    }
    let waits_here = case.row.state == CertificationState::InReview && case.row.office == Some(actor.region);
    let code = if waits_here { Code::StaleVersion } else { Code::WrongState };
    let step = case.step().map(|step| step.key.clone());
    Err(AppError::new(code).with("state", case.row.state.to_string()).with("step", step.unwrap_or_default()))
}

/// What was given to somebody is decided by nobody else; who wants to takes it over first.
fn not_another_s(case: &Case, actor: &Actor) -> Outcome<()> {
    match case.row.assigned_to.filter(|who| *who != actor.user_id) {
        Some(who) => Err(AppError::new(Code::AssignedToOther).with("assigned_to", who.to_string())),
        None => Ok(()),
    }
}

/// Whether a person of an office may work on the open step: no party, and of no other step.
pub(super) fn may_work(tx: &mut Tx<'_>, (who, office): (UserId, RegionCode), case: &Case) -> Outcome<()> {
    super::no_party(tx, who, &case.row)?;
    let step = case.step().ok_or_else(|| AppError::internal("a review without a step"))?;
    let offices = (office, rules::office_of(step, &case.row.region_code));
    let reviews = store::reviews_of(tx, case.row.id)?;
    let earlier: Vec<_> = reviews.iter().map(|r| (r.reviewer, usize::try_from(r.step).unwrap_or(usize::MAX))).collect();
    Ok(rules::may_review(offices, who, case.position().step, &earlier)?)
}

fn decision(tx: &Tx<'_>, actor: &Actor, case: &Case, new: &NewReview) -> Outcome<ReviewRow> {
    let step = case.step().ok_or_else(|| AppError::internal("a review without a step"))?;
    Ok(ReviewRow {
        id: tx.new_id(),
        application_id: case.row.id,
        round: case.row.round,
        step: case.row.step,
        step_key: step.key.clone(),
        office_org: actor.org_id,
        reviewer: actor.user_id,
        decision: new.decision,
        reason_code: new.reason,
        opinion: new.opinion.clone(),
        due_on: case.row.due_on,
        due_rule_id: case.row.due_rule_id,
        decided_at: tx.at(),
    })
}

fn tell_applicant(tx: &mut Tx<'_>, case: &Case, new: &NewReview) -> Outcome<()> {
    let (name, opinion) = (&case.row.product_name, new.opinion.as_deref().unwrap_or_default());
    let (subject, zh, en) = match new.decision {
        CertificationDecision::Approve | CertificationDecision::Object => return Ok(()),
        CertificationDecision::Return => (
            ("认定申请退回补正", "Application returned"),
            format!("{name} 的认定申请被退回补正：{opinion}"),
            format!("The application for {name} was returned for supplement: {opinion}"),
        ),
        CertificationDecision::Reject => (
            ("认定申请未通过", "Application rejected"),
            format!("{name} 的认定申请未通过：{opinion}"),
            format!("The application for {name} was rejected: {opinion}"),
        ),
    };
    tell(tx, case.row.org_id, subject, (&zh, &en))
}
