//! The way of an application through every state, and who may decide.

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
    assert_eq!(objection_event(ObjectionDecision::Uphold, Some(Consequence::Reject)), Ok(Some(Event::UpholdReject)));
    let both = objection_event(ObjectionDecision::Dismiss, Some(Consequence::Return));
    assert_eq!(both, Err(Refusal::ConsequenceNotNeeded));
}
