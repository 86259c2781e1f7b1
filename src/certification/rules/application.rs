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
mod tests {
    use super::*;
    use crate::certification::rules::StepLevel;
    use CertificationState as S;

    /// County review, county notice, prefecture review, provincial re-check.
    fn steps() -> Vec<SchemeStep> {
        let step = |key: &str, kind, level| SchemeStep { key: key.to_owned(), kind, level, days: None };
        vec![
            step("county_review", StepKind::Review, StepLevel::County),
            step("county_notice", StepKind::Notice, StepLevel::County),
            step("prefecture_review", StepKind::Review, StepLevel::Prefecture),
            step("provincial_recheck", StepKind::Review, StepLevel::Province),
        ]
    }

    /// Every state at every step it can have, against every event; `.` is a refusal.
    #[test]
    fn the_whole_table() {
        let events = [
            Event::Submit { changed: false },
            Event::Submit { changed: true },
            Event::Supplement,
            Event::Change,
            Event::Withdraw,
            Event::Approve,
            Event::Return,
            Event::Reject,
            Event::EndNotice,
            Event::UpholdReturn,
            Event::UpholdReject,
        ];
        let table = [
            (S::Draft, 0, "r0 r0 d0 d0 w0 .  .  .  .  .  ."),
            (S::InReview, 0, ".  .  .  .  w0 n1 b0 x0 .  b0 x0"),
            (S::InNotice, 1, ".  .  .  n1 w1 .  .  .  r2 b0 x1"),
            (S::InReview, 2, ".  .  .  .  w2 r3 b2 x2 .  b0 x2"),
            (S::InReview, 3, ".  .  .  .  w3 a4 b3 x3 .  b0 x3"),
            (S::Returned, 0, "r0 r0 b0 b0 w0 .  .  .  .  b0 x0"),
            (S::Returned, 2, "r2 n1 b2 b2 w2 .  .  .  .  b0 x2"),
            (S::Returned, 3, "r3 n1 b3 b3 w3 .  .  .  .  b0 x3"),
            (S::Rejected, 2, ".  .  .  .  .  .  .  .  .  .  ."),
            (S::Withdrawn, 1, ".  .  .  .  .  .  .  .  .  .  ."),
            (S::Approved, 4, ".  .  .  .  .  .  .  .  .  .  ."),
        ];
        for (state, step, row) in table {
            let shown: Vec<String> =
                events.iter().map(|event| shown(next(&steps(), Position { state, step }, *event))).collect();
            assert_eq!(shown, row.split_whitespace().collect::<Vec<_>>(), "{state} {step}");
        }
    }

    /// A scheme with an opinion before the reviews and a filing after them.
    #[test]
    fn an_opinion_decides_nothing_and_a_filing_refuses_nothing() {
        let step = |key: &str, kind, level| SchemeStep { key: key.to_owned(), kind, level, days: None };
        let steps = [
            step("township_opinion", StepKind::Opinion, StepLevel::Township),
            step("county_review", StepKind::Review, StepLevel::County),
            step("county_notice", StepKind::Notice, StepLevel::County),
            step("provincial_filing", StepKind::Filing, StepLevel::Province),
        ];
        let events = [
            Event::Submit { changed: true },
            Event::Withdraw,
            Event::Approve,
            Event::Object,
            Event::Return,
            Event::Reject,
            Event::Lapse,
            Event::EndNotice,
            Event::UpholdReturn,
        ];
        let table = [
            (S::Draft, 0, "r0 w0 .  .  .  .  .  .  ."),
            (S::InReview, 0, ".  w0 r1 r1 b0 .  .  .  b0"),
            (S::InReview, 1, ".  w1 n2 .  b1 x1 .  .  b1"),
            (S::InNotice, 2, ".  w2 .  .  .  .  .  r3 b1"),
            (S::InReview, 3, ".  w3 a4 .  .  .  a4 .  b1"),
            (S::Returned, 0, "r0 w0 .  .  .  .  .  .  b0"),
            (S::Returned, 1, "r1 w1 .  .  .  .  .  .  b1"),
        ];
        for (state, step, row) in table {
            let shown: Vec<String> =
                events.iter().map(|event| shown(next(&steps, Position { state, step }, *event))).collect();
            assert_eq!(shown, row.split_whitespace().collect::<Vec<_>>(), "{state} {step}");
        }
        let at = |step| Position { state: S::InReview, step };
        assert_eq!(next(&steps, at(0), Event::Reject), Err(Refusal::NotAtThisStep));
        assert_eq!(next(&steps, at(1), Event::Object), Err(Refusal::NotAtThisStep));
    }

    fn shown(result: Result<Position, Refusal>) -> String {
        let Ok(position) = result else { return ".".to_owned() };
        let letter = match position.state {
            S::Draft => 'd',
            S::InReview => 'r',
            S::InNotice => 'n',
            S::Returned => 'b',
            S::Rejected => 'x',
            S::Withdrawn => 'w',
            S::Approved => 'a',
        };
        format!("{letter}{}", position.step)
    }

    #[test]
    fn a_step_belongs_to_one_office_and_a_person_to_one_step() {
        let region = |text: &str| -> RegionCode { text.parse().unwrap() };
        let (county, user) = (region("640323"), UserId([1; 16]));
        let all = steps();
        let table = [
            (0, "640323", user, Ok(())),
            (0, "640300", user, Err(Refusal::OtherOffice)),
            (0, "640324", user, Err(Refusal::OtherOffice)),
            (2, "640300", user, Err(Refusal::OtherStep)),
            (2, "640300", UserId([4; 16]), Ok(())),
            (3, "640000", UserId([4; 16]), Ok(())),
            (3, "650000", UserId([4; 16]), Err(Refusal::OtherOffice)),
        ];
        for (step, office, reviewer, expected) in table {
            let asked = (region(office), office_of(&all[step], &county));
            // The first person reviewed at the county before, a return ago.
            assert_eq!(may_review(asked, reviewer, step, &[(user, 0)]), expected, "{step} {office}");
        }
    }

    #[test]
    fn a_party_never_decides_and_a_lower_office_never_undoes() {
        let (one, two) = (UserId([1; 16]), UserId([2; 16]));
        assert_eq!(may_decide(one, &[one], false), Err(Refusal::Party));
        assert_eq!(may_decide(one, &[two], true), Err(Refusal::Party));
        assert_eq!(may_decide(one, &[two], false), Ok(()));
        let region = |text: &str| -> RegionCode { text.parse().unwrap() };
        assert_eq!(may_undo(&region("640300"), &region("640000")), Err(Refusal::HigherOffice));
        for office in ["640300", "640000"] {
            assert_eq!(may_undo(&region(office), &region("640300")), Ok(()));
        }
    }

    #[test]
    fn opinions_of_lower_levels_need_a_region_that_reaches_there() {
        let mut all = steps();
        all.insert(
            0,
            SchemeStep {
                key: "township_opinion".into(),
                kind: StepKind::Opinion,
                level: StepLevel::Township,
                days: Some(3),
            },
        );
        assert_eq!(steps_for(&all, &"640323".parse().unwrap()).len(), 4);
        let township: RegionCode = "640323100".parse().unwrap();
        assert_eq!(steps_for(&all, &township).len(), 5);
        assert_eq!(office_of(&all[0], &township), Some(township));
        assert_eq!(office_of(&all[1], &township), "640323".parse().ok());
    }

    #[test]
    fn reasons_fit_the_decision() {
        use CertificationDecision::{Approve, Object, Reject, Return};
        let (why, code) = (Some("缺少检验报告"), Some(RejectionReason::QualityNotShown));
        let table = [
            (Approve, None, None, Ok(())),
            (Approve, code, None, Err(Refusal::ReasonNotNeeded)),
            (Return, None, None, Err(Refusal::OpinionMissing)),
            (Return, None, why, Ok(())),
            (Return, code, why, Err(Refusal::ReasonNotNeeded)),
            (Object, None, None, Err(Refusal::OpinionMissing)),
            (Object, None, why, Ok(())),
            (Object, code, why, Err(Refusal::ReasonNotNeeded)),
            (Reject, code, None, Err(Refusal::OpinionMissing)),
            (Reject, None, why, Err(Refusal::ReasonMissing)),
            (Reject, code, why, Ok(())),
        ];
        for (decision, reason, opinion, expected) in table {
            assert_eq!(reasoned(decision, reason, opinion), expected, "{decision}");
        }
    }

    #[test]
    fn a_notice_ends_at_midnight_and_waits_for_objections() {
        let end = At(1_000);
        assert_eq!(notice_over(At(999), end, 0), Err(Refusal::NoticeRunning(end)));
        assert_eq!(notice_over(end, end, 1), Err(Refusal::ObjectionOpen));
        assert_eq!(notice_over(end, end, 0), Ok(()));
        assert_eq!(objection_event(ObjectionDecision::Dismiss, None), Ok(None));
        assert_eq!(objection_event(ObjectionDecision::Uphold, None), Err(Refusal::ConsequenceMissing));
        assert_eq!(
            objection_event(ObjectionDecision::Uphold, Some(Consequence::Reject)),
            Ok(Some(Event::UpholdReject))
        );
        let both = objection_event(ObjectionDecision::Dismiss, Some(Consequence::Return));
        assert_eq!(both, Err(Refusal::ConsequenceNotNeeded));
    }
}
