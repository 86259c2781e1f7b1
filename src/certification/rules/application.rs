//! The way of an application through the steps of its scheme: state × event, who may decide, and with which reasons.

use super::scheme::SchemeStep;
use super::words::{
    CertificationDecision, CertificationState, Consequence, ObjectionDecision, RejectionReason, StepKind,
};
use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::ids::UserId;
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::time::At;

/// State and step; the step is the one that is open, that returned the application, or the number of steps once approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The state.
    pub state: CertificationState,
    /// Index into the scheme's steps.
    pub step: usize,
}

/// What happens to an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The applicant hands it in, first or again.
    Submit {
        /// What a notice showed was replaced since.
        changed: bool,
    },
    /// The applicant adds evidence.
    Supplement,
    /// The applicant replaces evidence.
    Change,
    /// The applicant takes it back.
    Withdraw,
    /// The step's office approves.
    Approve,
    /// The step's office returns it for supplement.
    Return,
    /// The step's office rejects it.
    Reject,
    /// An opinion speaks against it.
    Object,
    /// The days of a filing are over.
    Lapse,
    /// The notice ended and no objection is open.
    EndNotice,
    /// An objection is upheld: back to the applicant.
    UpholdReturn,
    /// An objection is upheld: rejected.
    UpholdReject,
}

/// Why certification refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The state does not allow the event.
    WrongState,
    /// An opinion and a filing do not decide so.
    NotAtThisStep,
    /// The step belongs to the office of another region or level.
    OtherOffice,
    /// Who decides submitted the application, gave its evidence, or belongs to the applicant.
    Party,
    /// A higher office decided.
    HigherOffice,
    /// Who says that a certification was false decided a step of it.
    OwnCertification,
    /// The reviewer decided at another step.
    OtherStep,
    /// A return or rejection says why.
    OpinionMissing,
    /// A rejection has a reason code.
    ReasonMissing,
    /// A reason code belongs to a rejection only.
    ReasonNotNeeded,
    /// The notice has not ended.
    NoticeRunning(At),
    /// An objection is open.
    ObjectionOpen,
    /// The days for objections are over.
    NoticeOver,
    /// An upheld objection has a consequence.
    ConsequenceMissing,
    /// A dismissed objection has none.
    ConsequenceNotNeeded,
    /// The objection has been decided.
    ObjectionDecided,
    /// The objection has not been received.
    NotReceived,
    /// Nothing was found out about the objection yet.
    NotVerified,
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        let field =
            |pointer: &str, zh: &str, en: &str| AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en));
        match refusal {
            Refusal::WrongState => Code::WrongState.into(),
            Refusal::NotAtThisStep => field(
                "/decision",
                "此环节不能作出该决定：意见环节只能 approve、object 或 return，审核环节不能 object，备案环节只能 approve",
                "is not for this step: an opinion approves, objects or returns, a review does not object, a filing only approves",
            ),
            Refusal::OtherOffice => AppError::new(Code::Forbidden)
                .detail("由该环节所在层级、所在地区的扶贫办办理", "the office of this step's level and region decides"),
            Refusal::Party => AppError::new(Code::SeparationOfDuties).detail(
                "申请单位的人员、提交人和材料提供人不得审核",
                "who submitted, gave evidence or belongs to the applicant does not decide",
            ),
            Refusal::HigherOffice => AppError::new(Code::Forbidden)
                .detail("由作出决定的机关或其上级解除", "the office that decided, or one above it, undoes it"),
            Refusal::OwnCertification => AppError::new(Code::SeparationOfDuties).detail(
                "曾审核该认定申请的人员不得作此决定",
                "who decided a step of the application does not decide this",
            ),
            Refusal::OtherStep => AppError::new(Code::SeparationOfDuties)
                .detail("同一人不得审核同一申请的两个环节", "nobody reviews two steps of the same application"),
            Refusal::OpinionMissing => {
                field("/opinion", "退回、不支持或不予通过须写明意见", "a return, an objection or a rejection says why")
            }
            Refusal::ReasonMissing => field("/reason_code", "不予通过须填写原因", "a rejection states its reason"),
            Refusal::ReasonNotNeeded => field("/reason_code", "仅用于不予通过", "belongs to a rejection only"),
            Refusal::NoticeRunning(ends_at) => AppError::new(Code::NoticeRunning).with("ends_at", ends_at.to_string()),
            Refusal::ObjectionOpen => Code::ObjectionOpen.into(),
            Refusal::NoticeOver => {
                AppError::new(Code::Expired).detail("公示已结束，不再受理异议", "the days for objections are over")
            }
            Refusal::ObjectionDecided => {
                AppError::new(Code::WrongState).detail("该异议已处理", "the objection has been decided")
            }
            Refusal::NotReceived => {
                AppError::new(Code::NotCompletedYet).detail("请先受理该异议", "receive the objection first")
            }
            Refusal::NotVerified => AppError::new(Code::NotCompletedYet)
                .detail("异议须先受理并核实", "an objection is verified before it is upheld"),
            Refusal::ConsequenceMissing => {
                field("/consequence", "异议成立须写明处理结果", "an upheld objection has one")
            }
            Refusal::ConsequenceNotNeeded => {
                field("/consequence", "异议不成立时不填", "a dismissed objection has none")
            }
        }
    }
}

/// Where an application stands after an event.
///
/// # Errors
/// [`Refusal::WrongState`].
pub fn next(steps: &[SchemeStep], now: Position, event: Event) -> Result<Position, Refusal> {
    use CertificationState as S;
    use Event as E;
    let to = |state| Position { state, step: now.step };
    Ok(match (now.state, event) {
        (S::Draft, E::Submit { .. }) => enter(steps, 0),
        (S::Returned, E::Submit { changed }) => {
            enter(steps, last_notice(steps, now.step).filter(|_| changed).unwrap_or(now.step))
        }
        // A change during the notice starts it again; the command sees that the position is entered anew.
        (S::Draft | S::Returned, E::Supplement | E::Change) | (S::InNotice, E::Change) => now,
        (S::Draft | S::Returned | S::InReview | S::InNotice, E::Withdraw) => to(S::Withdrawn),
        (S::InReview, E::Approve | E::Return | E::Reject | E::Object | E::Lapse)
            if !decides(steps, now.step, event) =>
        {
            return Err(Refusal::NotAtThisStep);
        }
        (S::InReview, E::Approve | E::Object | E::Lapse) | (S::InNotice, E::EndNotice) => enter(steps, now.step + 1),
        (S::InReview, E::Return) => to(S::Returned),
        (S::InReview, E::Reject) | (S::InReview | S::InNotice | S::Returned, E::UpholdReject) => to(S::Rejected),
        (S::InReview | S::InNotice | S::Returned, E::UpholdReturn) => {
            let step = last_notice(steps, now.step).and_then(|notice| review_before(steps, notice)).unwrap_or(now.step);
            Position { state: S::Returned, step }
        }
        _ => return Err(Refusal::WrongState),
    })
}

/// Whether an office's decision is one for the step that is open.
fn decides(steps: &[SchemeStep], step: usize, event: Event) -> bool {
    match steps.get(step).map(|step| step.kind) {
        Some(StepKind::Opinion) => matches!(event, Event::Approve | Event::Object | Event::Return),
        Some(StepKind::Review) => matches!(event, Event::Approve | Event::Return | Event::Reject),
        Some(StepKind::Filing) => matches!(event, Event::Approve | Event::Lapse),
        Some(StepKind::Notice) | None => false,
    }
}

fn enter(steps: &[SchemeStep], step: usize) -> Position {
    let state = match steps.get(step).map(|s| s.kind) {
        Some(StepKind::Opinion | StepKind::Review | StepKind::Filing) => CertificationState::InReview,
        Some(StepKind::Notice) => CertificationState::InNotice,
        None => CertificationState::Approved,
    };
    Position { state, step }
}

/// The latest notice up to a step.
fn last_notice(steps: &[SchemeStep], upto: usize) -> Option<usize> {
    (0..steps.len().min(upto + 1)).rev().find(|n| steps[*n].kind == StepKind::Notice)
}

fn review_before(steps: &[SchemeStep], notice: usize) -> Option<usize> {
    (0..notice).rev().find(|n| steps[*n].kind == StepKind::Review)
}

/// The steps that an applicant of a region passes: an opinion of a level that its region does not reach is left out.
#[must_use]
pub fn steps_for(steps: &[SchemeStep], applicant: &RegionCode) -> Vec<SchemeStep> {
    steps
        .iter()
        .filter(|step| step.level.region_level() <= applicant.level().max(RegionLevel::County))
        .cloned()
        .collect()
}

/// The region whose office acts at a step.
#[must_use]
pub fn office_of(step: &SchemeStep, applicant: &RegionCode) -> Option<RegionCode> {
    applicant.ancestors().into_iter().find(|region| region.level() == step.level.region_level())
}

/// Nobody decides about what he submitted or gave evidence for, nor about his own organisation.
///
/// # Errors
/// [`Refusal::Party`].
pub fn may_decide(who: UserId, parties: &[UserId], member: bool) -> Result<(), Refusal> {
    if member || parties.contains(&who) { Err(Refusal::Party) } else { Ok(()) }
}

/// Nobody decides that a certificate was never valid who decided a step of its application.
///
/// # Errors
/// [`Refusal::OwnCertification`].
pub fn may_annul(who: UserId, deciders: &[UserId]) -> Result<(), Refusal> {
    if deciders.contains(&who) { Err(Refusal::OwnCertification) } else { Ok(()) }
}

/// Whether an office may undo what another one decided: it is of the same region or above.
///
/// # Errors
/// [`Refusal::HigherOffice`].
pub fn may_undo(office: &RegionCode, decided: &RegionCode) -> Result<(), Refusal> {
    if office.contains(decided) { Ok(()) } else { Err(Refusal::HigherOffice) }
}

/// How many objections may be open at once from one source against one notice.
pub const MOST_OPEN_OBJECTIONS: i64 = 3;

/// Whether this person may decide at this step.
///
/// # Errors
/// When the office is another one, or the person took another part.
pub fn may_review(
    office: (RegionCode, Option<RegionCode>),
    reviewer: UserId,
    step: usize,
    earlier: &[(UserId, usize)],
) -> Result<(), Refusal> {
    if office.1 != Some(office.0) {
        return Err(Refusal::OtherOffice);
    }
    if earlier.iter().any(|(who, at)| *who == reviewer && *at != step) {
        return Err(Refusal::OtherStep);
    }
    Ok(())
}

/// A return and an opinion against say why; a rejection has a reason code as well.
///
/// # Errors
/// What is missing.
pub fn reasoned(
    decision: CertificationDecision,
    reason: Option<RejectionReason>,
    opinion: Option<&str>,
) -> Result<(), Refusal> {
    match (decision, reason, opinion) {
        (
            CertificationDecision::Approve | CertificationDecision::Return | CertificationDecision::Object,
            Some(_),
            _,
        ) => Err(Refusal::ReasonNotNeeded),
        (CertificationDecision::Approve, ..) => Ok(()),
        (_, _, None) => Err(Refusal::OpinionMissing),
        (CertificationDecision::Reject, None, _) => Err(Refusal::ReasonMissing),
        _ => Ok(()),
    }
}

/// Whether a notice lets the next step begin: it ended at 24:00 of its last day and no objection is open.
///
/// # Errors
/// What still holds it.
pub fn notice_over(now: At, ends_at: At, open_objections: i64) -> Result<(), Refusal> {
    if now < ends_at {
        return Err(Refusal::NoticeRunning(ends_at));
    }
    if open_objections > 0 { Err(Refusal::ObjectionOpen) } else { Ok(()) }
}

/// The event that a decision about an objection brings to the application; none when it is dismissed.
///
/// # Errors
/// When the consequence does not fit the decision.
pub fn objection_event(
    decision: ObjectionDecision,
    consequence: Option<Consequence>,
) -> Result<Option<Event>, Refusal> {
    match (decision, consequence) {
        (ObjectionDecision::Dismiss, None) => Ok(None),
        (ObjectionDecision::Dismiss, Some(_)) => Err(Refusal::ConsequenceNotNeeded),
        (ObjectionDecision::Uphold, None) => Err(Refusal::ConsequenceMissing),
        (ObjectionDecision::Uphold, Some(Consequence::Return)) => Ok(Some(Event::UpholdReturn)),
        (ObjectionDecision::Uphold, Some(Consequence::Reject)) => Ok(Some(Event::UpholdReject)),
    }
}

#[cfg(test)]
mod tests;
