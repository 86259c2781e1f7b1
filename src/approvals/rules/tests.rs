//! Which steps an order needs, who takes them, and what a chain may say.

use super::*;

const UNIT: OrgId = OrgId([1; 16]);
const ABOVE: OrgId = OrgId([2; 16]);

fn person(n: u8) -> UserId {
    UserId([n; 16])
}

fn named(n: u8) -> Approver {
    Approver { org_id: UNIT, user_id: Some(person(n)) }
}

fn step(people: &[u8], needed: i64) -> Step {
    Step { approvers: people.iter().map(|n| named(*n)).collect(), needed }
}

fn band(from: i64, funds: &[Fund], purposes: &[Purpose], by: u8) -> Band {
    Band { from_fen: Fen::new(from), funds: funds.to_vec(), purposes: purposes.to_vec(), steps: vec![step(&[by], 1)] }
}

#[test]
fn the_band_that_decides() {
    use Fund::{Canteen, Union};
    use Purpose::{OwnUse, Welfare};
    let bands = [
        band(500, &[], &[], 10),
        band(500, &[Union], &[], 11),
        band(500, &[], &[Welfare], 12),
        band(500, &[Union], &[Welfare], 13),
        band(2_000, &[Canteen], &[], 14),
        band(3_000, &[], &[], 15),
    ];
    // amount, fund, purpose, the least that needs an approval, who approves: 0 nobody, 255 any manager.
    let table = [
        (499, Canteen, OwnUse, 0, 0),
        (499, Canteen, OwnUse, 500, 0),
        (499, Canteen, OwnUse, 499, 255),
        (500, Canteen, OwnUse, 0, 10),
        (500, Canteen, OwnUse, 500, 10),
        (1_999, Canteen, OwnUse, 1_000, 10),
        (500, Union, OwnUse, 0, 11),
        (500, Canteen, Welfare, 0, 12),
        (500, Union, Welfare, 0, 13),
        (2_000, Canteen, OwnUse, 0, 14),
        (2_000, Union, OwnUse, 0, 11),
        (2_999, Canteen, Welfare, 0, 14),
        (3_000, Canteen, OwnUse, 0, 15),
        (i64::MAX, Union, Welfare, 0, 15),
    ];
    for (amount, fund, purpose, least, want) in table {
        let found = steps(&bands, UNIT, (Fen::new(amount), fund, purpose), Fen::new(least));
        let any = vec![Step { approvers: vec![Approver { org_id: UNIT, user_id: None }], needed: 1 }];
        let want = match want {
            0 => Vec::new(),
            255 => any,
            n => vec![step(&[n], 1)],
        };
        assert_eq!(found, want, "{amount} {fund} {purpose} {least}");
    }
    // Without a chain only the least decides; 0 asks for nothing.
    let none = |amount, least| steps(&[], UNIT, (Fen::new(amount), Canteen, OwnUse), Fen::new(least)).len();
    assert_eq!([none(999, 1_000), none(1_000, 1_000), none(1_000, 0), none(0, 0)], [0, 1, 0, 0]);
}

#[test]
fn what_a_chain_may_say() {
    let pointers = |made: &[Band]| -> Vec<String> {
        let wrong = bands(made).err().unwrap_or_default();
        let pointer = |refusal| match refusal {
            Refusal::Field(pointer, _, _) => pointer,
            other => format!("{other:?}"),
        };
        wrong.into_iter().map(pointer).collect()
    };
    let with = |step: Step| Band { steps: vec![step], ..band(0, &[], &[], 1) };
    assert_eq!(pointers(&[]), [""; 0]);
    assert_eq!(pointers(&[band(0, &[], &[], 1), band(1, &[], &[], 1)]), [""; 0]);
    assert_eq!(pointers(&[band(0, &[Fund::Union], &[], 1), band(0, &[], &[], 1)]), [""; 0]);
    assert_eq!(pointers(&[band(0, &[Fund::Union], &[], 1), band(0, &[Fund::Canteen], &[], 1)]), [""; 0]);
    let both = band(0, &[Fund::Union, Fund::Canteen], &[], 1);
    assert_eq!(pointers(&[band(0, &[Fund::Union], &[], 1), both]), ["/bands/1/from_fen"]);
    assert_eq!(pointers(&[band(0, &[], &[], 1), band(0, &[], &[], 2)]), ["/bands/1/from_fen"]);
    assert_eq!(pointers(&[with(step(&[1, 2], 3))]), ["/bands/0/steps/0/needed"]);
    assert_eq!(pointers(&[with(step(&[1, 2, 1], 2))]), ["/bands/0/steps/0/approvers/2"]);
    let managers = Step { approvers: vec![Approver { org_id: UNIT, user_id: None }], needed: 2 };
    assert_eq!(pointers(&[with(managers)]), [""; 0]);
}

#[test]
fn days_of_chains_and_delegations() {
    let day = |d: i64| Day::ymd(2021, 3, 1).plus_days(d);
    for (from, fits) in [(-1, false), (0, true), (366, true), (367, false)] {
        assert_eq!(first_day(day(from), day(0)).is_ok(), fits, "{from}");
    }
    for (from, until, fits) in [(-1, 3, false), (0, 0, true), (1, 0, false), (0, 366, true), (0, 367, false)] {
        assert_eq!(delegation_days(day(from), day(until), day(0)).is_ok(), fits, "{from} {until}");
    }
}

#[test]
fn as_whom_somebody_decides() {
    let own = |n: u8, manager| Hat { user_id: person(n), manager, delegation: None };
    let given = |n: u8, manager| Hat { delegation: Some(ApprovalDelegationId([n; 16])), ..own(n, manager) };
    let any = [Approver { org_id: UNIT, user_id: None }];
    let two = [named(1), named(2)];
    let orderer = person(9);
    let none: &[(UserId, UserId)] = &[];
    let ask = |approvers: &[Approver], org, who: u8, hats: &[Hat], decided: &[(UserId, UserId)]| {
        decider(approvers, (org, person(who), hats), orderer, decided).map(|hat| hat.user_id)
    };
    // A named person, a stranger, the right person for another organisation.
    assert_eq!(ask(&two, UNIT, 1, &[own(1, false)], none), Ok(person(1)));
    assert_eq!(ask(&two, UNIT, 3, &[own(3, true)], none), Err(Refusal::NotYours));
    assert_eq!(ask(&two, ABOVE, 1, &[own(1, false)], none), Err(Refusal::NotYours));
    // Any manager, and nobody else.
    assert_eq!(ask(&any, UNIT, 3, &[own(3, true)], none), Ok(person(3)));
    assert_eq!(ask(&any, UNIT, 3, &[own(3, false)], none), Err(Refusal::NotYours));
    // In another's place; first as oneself.
    assert_eq!(ask(&two, UNIT, 3, &[own(3, false), given(2, false)], none), Ok(person(2)));
    assert_eq!(ask(&any, UNIT, 3, &[own(3, false), given(2, true)], none), Ok(person(2)));
    assert_eq!(ask(&any, UNIT, 3, &[own(3, false), given(2, false)], none), Err(Refusal::NotYours));
    assert_eq!(ask(&two, UNIT, 1, &[own(1, false), given(2, false)], none), Ok(person(1)));
    // Once each: not again, not for two, not for whom somebody has decided.
    assert_eq!(ask(&two, UNIT, 1, &[own(1, false), given(2, false)], &[(person(1), person(1))]), Err(Refusal::Decided));
    assert_eq!(ask(&two, UNIT, 3, &[given(1, false), given(2, false)], &[(person(1), person(1))]), Ok(person(2)));
    assert_eq!(ask(&two, UNIT, 1, &[own(1, false)], &[(person(3), person(1))]), Err(Refusal::Decided));
    // Who ordered never, neither himself, nor for another, nor another for him.
    assert_eq!(ask(&any, UNIT, 9, &[own(9, true)], none), Err(Refusal::Orderer));
    assert_eq!(ask(&two, UNIT, 9, &[own(9, true), given(1, true)], none), Err(Refusal::Orderer));
    assert_eq!(ask(&any, UNIT, 3, &[own(3, false), given(9, true)], none), Err(Refusal::Orderer));
    assert_eq!(ask(&any, UNIT, 3, &[own(3, false), given(9, true), given(2, true)], none), Ok(person(2)));
}

#[test]
fn who_decides_at_all() {
    for role in Role::ALL {
        assert_eq!(deciding(&[*role]), !matches!(role, Role::Auditor | Role::Seller), "{role}");
    }
    assert!(!deciding(&[]));
}
