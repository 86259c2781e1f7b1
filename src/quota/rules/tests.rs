//! Table tests: forms, floors, the whole review matrix, classes that sum.

use super::*;

const UNIT: OrgId = OrgId([1; 16]);
const ABOVE: OrgId = OrgId([2; 16]);
const BUREAU: OrgId = OrgId([3; 16]);
const RULE: RuleId = RuleId([4; 16]);

fn part(total: i64, ratio: i64) -> Option<Part> {
    Some(Part { total: Fen::new(total), ratio: Ppm(ratio) })
}
fn floors(canteen: i64, union: i64) -> Floors {
    let floor = |ratio| Floor { ratio: Ppm(ratio), rule: RULE };
    Floors { canteen: floor(canteen), union: floor(union), last_year: None }
}
fn filing(mode: CanteenMode, canteen: Option<Part>, union: Option<Part>) -> Filing {
    let representative = (mode == CanteenMode::SharedMember).then_some(ABOVE);
    Filing { mode, representative, canteen, union }
}

#[test]
fn a_filing_is_refused_in_descending_precedence() {
    use CanteenMode as M;
    let member = filing(M::SharedMember, None, None);
    let cases = [
        (Filing { representative: None, ..member.clone() }, Some(Refusal::RepresentativeRequired)),
        (Filing { representative: Some(UNIT), ..member.clone() }, Some(Refusal::RepresentativeRequired)),
        (Filing { representative: Some(ABOVE), ..filing(M::Own, None, None) }, Some(Refusal::RepresentativeUnexpected)),
        (filing(M::Own, None, part(1, 1)), Some(Refusal::CanteenPartRequired)),
        (filing(M::Outsourced, None, None), Some(Refusal::CanteenPartRequired)),
        (filing(M::SharedRepresentative, None, None), Some(Refusal::CanteenPartRequired)),
        (filing(M::None, part(1, 1_000_000), None), Some(Refusal::CanteenPartNotApplicable)),
        (filing(M::SharedMember, part(1, 1_000_000), None), Some(Refusal::CanteenPartNotApplicable)),
        (filing(M::Own, part(i64::MAX, 1_000_000), part(i64::MAX, 1_000_000)), Some(Refusal::TooLarge)),
        (
            filing(M::Own, part(1_000, 99_999), None),
            Some(Refusal::BelowFloor { part: "/canteen/ratio_ppm", floor: floors(100_000, 0).canteen }),
        ),
        (
            filing(M::None, None, part(1_000, 199_999)),
            Some(Refusal::BelowFloor { part: "/union/ratio_ppm", floor: floors(0, 200_000).union }),
        ),
        // With a canteen the union part has no floor.
        (filing(M::Own, part(1_000, 100_000), part(1_000, 1)), None),
        (filing(M::None, None, part(1_000, 200_000)), None),
        (filing(M::None, None, None), None),
        (member, None),
    ];
    for (filing, want) in cases {
        assert_eq!(reserve(&filing, UNIT, &floors(100_000, 200_000)).err(), want, "{filing:?}");
    }
}

#[test]
fn only_who_files_for_all_represents() {
    use CanteenMode as M;
    assert_eq!(represents(None), Ok(()));
    let may = [false, false, true, false, false];
    for (mode, may) in M::ALL.iter().zip(may) {
        assert_eq!(represents(Some(*mode)).is_ok(), may, "{mode}");
    }
}

/// Every state x step taken x decision x supervised: where a plan can stand, and that only two approvals lead in force.
#[test]
fn a_plan_is_in_force_after_every_review_that_is_due_and_not_before() {
    let users = [1, 2, 3].map(|n| UserId([n; 16]));
    for supervised in [false, true] {
        let above: &[OrgId] = if supervised { &[ABOVE] } else { &[] };
        for script in 0..3_u32.pow(4) {
            let (mut state, mut approvals, mut involved) = (PlanState::Submitted, 0, vec![users[0]]);
            for turn in 0..4 {
                let (org, kind, user) = match script / 3_u32.pow(turn) % 3 {
                    0 => (UNIT, OrgKind::BudgetUnit, users[0]),
                    1 => (ABOVE, OrgKind::BudgetUnit, users[1]),
                    _ => (BUREAU, OrgKind::FinanceBureau, users[2]),
                };
                let decision = if turn == 2 { PlanDecision::Return } else { PlanDecision::Approve };
                let bureau = Some(BUREAU);
                let asked =
                    Review { state, above, bureau, involved: &involved, user, org, kind, decision, reasoned: true };
                let due = step_of(state, supervised);
                let Ok((step, next)) = review(&asked) else { continue };
                assert_eq!(Some(step), due, "{asked:?}");
                assert_eq!(step == PlanStep::SupervisingUnit, org == ABOVE, "{asked:?}");
                assert!(!involved.contains(&user), "{asked:?}");
                approvals = if decision == PlanDecision::Approve { approvals + 1 } else { 0 };
                assert_eq!(next == PlanState::Returned, decision == PlanDecision::Return, "{asked:?}");
                assert_eq!(next == PlanState::Approved, approvals == 1 + i32::from(supervised), "{asked:?}");
                involved.push(user);
                state = next;
            }
        }
    }
}

#[test]
fn floors_follow_the_year_and_last_year() {
    let own = |ratio| filing(CanteenMode::Own, part(1_000_000, ratio), None);
    // 2020: none; 2021: 10 %; 中卫 2024: 15 %.
    for (floor, ratio, allowed) in [
        (0, 0, true),
        (100_000, 99_999, false),
        (100_000, 100_000, true),
        (150_000, 100_000, false),
        (150_000, 150_000, true),
    ] {
        assert_eq!(reserve(&own(ratio), UNIT, &floors(floor, 0)).is_ok(), allowed, "{floor} {ratio}");
    }
    let bound = Floors { last_year: Some((Fen::new(120_000), RULE)), ..floors(100_000, 0) };
    let refused = reserve(&own(119_999), UNIT, &bound);
    assert_eq!(refused, Err(Refusal::BelowLastYear { least: Fen::new(120_000), rule: RULE }));
    assert!(reserve(&own(120_000), UNIT, &bound).is_ok());
    let none = filing(CanteenMode::None, None, None);
    assert!(reserve(&none, UNIT, &bound).is_ok(), "where no part remains there is no floor");
}

#[test]
fn the_reserve_is_the_share_half_up_to_the_fen() {
    for (total, ratio, want) in [(78_402_500, 100_000, 7_840_250), (5, 100_000, 1), (4, 100_000, 0), (15, 100_000, 2)] {
        let reserves = reserve(&filing(CanteenMode::Own, part(total, ratio), None), UNIT, &floors(0, 0)).unwrap();
        assert_eq!(reserves, Reserves { canteen: Some(Fen::new(want)), union: None });
    }
}

#[test]
fn plans_are_filed_from_the_year_before_until_the_books_close() {
    let closing = Day::ymd(2022, 1, 15);
    for (today, open) in [
        (Day::ymd(2019, 12, 31), false),
        (Day::ymd(2020, 1, 1), true),
        (Day::ymd(2021, 12, 31), true),
        (Day::ymd(2022, 1, 15), true),
        (Day::ymd(2022, 1, 16), false),
    ] {
        assert_eq!(window(2021, today, 366, closing).is_ok(), open, "{today}");
    }
    assert!(window(2021, Day::ymd(2020, 12, 11), 20, closing).is_err());
    assert!(window(2021, Day::ymd(2020, 12, 12), 20, closing).is_ok());
}

#[test]
fn every_state_knows_whose_turn_it_is() {
    let want = [None, Some(PlanStep::SupervisingUnit), Some(PlanStep::FinanceBureau), None, None];
    for (state, step) in PlanState::ALL.iter().zip(want) {
        assert_eq!(step_of(*state, true), step, "{state}");
    }
    assert_eq!(step_of(PlanState::Submitted, false), Some(PlanStep::FinanceBureau));
    let changing = [true, false, false, false, true];
    let amending = [false, false, false, true, false];
    for ((state, change), amend) in PlanState::ALL.iter().zip(changing).zip(amending) {
        assert_eq!((changeable(*state).is_ok(), amendable(*state).is_ok()), (change, amend), "{state}");
    }
}

#[test]
fn a_review_is_refused_in_descending_precedence() {
    let [filer, first, second] = [1, 2, 3].map(|n| UserId([n; 16]));
    let unit = Review {
        state: PlanState::Submitted,
        above: &[ABOVE],
        bureau: Some(BUREAU),
        involved: &[filer],
        user: first,
        org: ABOVE,
        kind: OrgKind::BudgetUnit,
        decision: PlanDecision::Approve,
        reasoned: false,
    };
    let involved = [filer, first];
    let bureau = Review {
        state: PlanState::UnitApproved,
        involved: &involved,
        user: second,
        org: BUREAU,
        kind: OrgKind::FinanceBureau,
        ..unit.clone()
    };
    let cases = [
        (Review { state: PlanState::Draft, user: filer, ..unit.clone() }, Err(Refusal::WrongState)),
        (Review { state: PlanState::Returned, ..unit.clone() }, Err(Refusal::WrongState)),
        (Review { state: PlanState::Approved, ..bureau.clone() }, Err(Refusal::WrongState)),
        // The unit itself, the bureau before its turn, another bureau.
        (Review { org: UNIT, user: filer, ..unit.clone() }, Err(Refusal::NotYourStep)),
        (Review { state: PlanState::Submitted, ..bureau.clone() }, Err(Refusal::NotYourStep)),
        (Review { state: PlanState::UnitApproved, ..unit.clone() }, Err(Refusal::NotYourStep)),
        (Review { org: OrgId([9; 16]), ..bureau.clone() }, Err(Refusal::NotYourStep)),
        (Review { bureau: None, ..bureau.clone() }, Err(Refusal::NotYourStep)),
        (Review { user: filer, decision: PlanDecision::Return, ..unit.clone() }, Err(Refusal::SamePerson)),
        (Review { user: filer, ..bureau.clone() }, Err(Refusal::SamePerson)),
        (Review { user: first, ..bureau.clone() }, Err(Refusal::SamePerson)),
        (Review { decision: PlanDecision::Return, ..unit.clone() }, Err(Refusal::ReasonRequired)),
        (
            Review { decision: PlanDecision::Return, reasoned: true, ..unit.clone() },
            Ok((PlanStep::SupervisingUnit, PlanState::Returned)),
        ),
        (unit.clone(), Ok((PlanStep::SupervisingUnit, PlanState::UnitApproved))),
        (bureau.clone(), Ok((PlanStep::FinanceBureau, PlanState::Approved))),
        // Without a supervising unit the bureau is first.
        (
            Review { state: PlanState::Submitted, above: &[], ..bureau.clone() },
            Ok((PlanStep::FinanceBureau, PlanState::Approved)),
        ),
    ];
    for (asked, want) in cases {
        assert_eq!(review(&asked), want, "{asked:?}");
    }
}

#[test]
fn every_unit_is_in_exactly_one_class() {
    use CanteenMode as M;
    use UnitClass as C;
    let some = |fen| Some(Fen::new(fen));
    let cases = [
        (None, C::NotReserved),
        (Some((M::Own, some(1), None)), C::Reserved),
        (Some((M::Own, some(0), None)), C::NotReserved),
        (Some((M::Own, some(0), some(1))), C::Reserved),
        (Some((M::Outsourced, some(1), some(0))), C::Reserved),
        (Some((M::SharedRepresentative, some(1), None)), C::Reserved),
        (Some((M::SharedMember, None, None)), C::SharedMember),
        (Some((M::SharedMember, None, some(0))), C::SharedMember),
        (Some((M::SharedMember, None, some(1))), C::Reserved),
        (Some((M::None, None, None)), C::NotApplicable),
        (Some((M::None, None, some(0))), C::NotReserved),
        (Some((M::None, None, some(1))), C::Reserved),
    ];
    for (plan, want) in cases {
        let plan = plan.map(|(mode, canteen, union)| (mode, Reserves { canteen, union }));
        assert_eq!(unit_class(plan), want, "{plan:?}");
    }
}

/// The published table: 3,294 accounts = 771 reserved + 1,128 not reserved + 1,395 not applicable; 260 of the 771 have
/// not begun, so 511 have.
#[test]
fn golden_classes_sum() {
    let reserved = (CanteenMode::Own, Reserves { canteen: Some(Fen::new(100)), union: None });
    let nothing = (CanteenMode::Own, Reserves { canteen: Some(Fen::ZERO), union: None });
    let none = (CanteenMode::None, Reserves { canteen: None, union: None });
    let accounts = std::iter::repeat_n(Some(reserved), 771)
        .chain(std::iter::repeat_n(None, 1_000))
        .chain(std::iter::repeat_n(Some(nothing), 128))
        .chain(std::iter::repeat_n(Some(none), 1_395));
    let mut counts = [0; 4];
    for account in accounts {
        let class = unit_class(account);
        counts[UnitClass::ALL.iter().position(|known| *known == class).unwrap()] += 1;
    }
    assert_eq!(counts, [771, 1_128, 1_395, 0]);
    assert_eq!(counts.iter().sum::<i32>(), 3_294);
    assert_eq!(counts[0] - 260, 511);
}
