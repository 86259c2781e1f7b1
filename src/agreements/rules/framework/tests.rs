//! Tables of the rules of framework agreements.

use super::*;

fn day(month: i8, day: i8) -> Day {
    Day::ymd(2021, month, day)
}

fn line(quantity: i64, each: Option<i64>) -> FrameworkLine {
    FrameworkLine {
        line_no: 1,
        listing_id: ListingId([1; 16]),
        name: "滩羊".to_owned(),
        unit: "箱".to_owned(),
        weighed: false,
        unit_price_fen: Fen::new(900),
        quantity: Quantity::from_milli(quantity),
        unit_quantity: each.map(Quantity::from_milli),
    }
}

fn terms(from: Day, until: Day) -> FrameworkTerms {
    let calendar = TermCalendar::default();
    FrameworkTerms { from, until, calendar, notice_days: 30, delivery_terms: None, lines: vec![line(10_000, None)] }
}

fn pointers(faults: &[AppError]) -> Vec<(Code, String)> {
    let each = |fault: &AppError| fault.parts().fields.iter().map(|f| (fault.code(), f.pointer.clone())).collect();
    faults.iter().flat_map(|fault| -> Vec<(Code, String)> { each(fault) }).collect()
}

#[test]
fn an_agreement_stands_until_its_term_or_a_notice_is_over() {
    use AgreementState::{Declined, Ended, Expired, InForce, Proposed, Withdrawn};
    let (until, notice) = (day(12, 31), Some(day(6, 30)));
    let table = [
        (Proposed, None, day(12, 31), Proposed),
        (Proposed, None, Day::ymd(2022, 1, 1), Expired),
        (InForce, None, day(12, 31), InForce),
        (InForce, None, Day::ymd(2022, 1, 1), Expired),
        (InForce, notice, day(6, 30), InForce),
        (InForce, notice, day(7, 1), Ended),
        (InForce, notice, Day::ymd(2022, 1, 1), Ended),
        (Declined, None, Day::ymd(2022, 1, 1), Declined),
        (Withdrawn, None, Day::ymd(2022, 1, 1), Withdrawn),
    ];
    for (stored, ends_on, today, want) in table {
        assert_eq!(standing(stored, until, ends_on, today), want, "{stored} {ends_on:?} {today}");
    }
    // An amendment may bring the end of the term before a notice's day.
    assert_eq!(standing(InForce, day(5, 31), notice, day(7, 1)), Expired);
}

#[test]
fn a_term_names_everything_that_is_wrong_with_it() {
    let today = day(3, 1);
    assert!(term_faults(&terms(today, day(12, 31)), today).is_empty());
    assert!(term_faults(&terms(day(1, 1), today), today).is_empty());
    for (from, until) in [(day(3, 2), day(3, 1)), (day(1, 1), day(2, 28)), (day(1, 1), Day::ymd(2024, 1, 4))] {
        assert_eq!(
            pointers(&term_faults(&terms(from, until), today)),
            [(Code::ValidationFailed, "/until".to_owned())],
            "{from} {until}"
        );
    }
    let mut wrong = terms(day(3, 2), day(3, 1));
    let days = super::super::term::ExcludedDays { from: day(8, 1), until: day(7, 1), name: "暑假".to_owned() };
    wrong.calendar.excluded = vec![days];
    let found = pointers(&term_faults(&wrong, today));
    assert_eq!(found.iter().map(|(_, p)| p.as_str()).collect::<Vec<_>>(), ["/until", "/calendar/excluded/0/until"]);
}

#[test]
fn a_line_is_not_dearer_than_its_listing_and_counts_as_it_is_sold() {
    let offer = OnOffer { price: Fen::new(899), weighed: false };
    let (price, whole, each) = (
        (Code::ValidationFailed, "/lines/0/unit_price_fen".to_owned()),
        (Code::QuantityNotWhole, "/lines/0/quantity".to_owned()),
        |code| (code, "/lines/0/unit_quantity".to_owned()),
    );
    let table = [
        (line(10_000, Some(10_000)), true, vec![price.clone()]),
        // What was agreed on before is not asked again when the listing's price falls.
        (line(10_000, None), false, vec![]),
        (line(10_500, Some(500)), true, vec![price, whole, each(Code::QuantityNotWhole)]),
        (line(10_000, Some(11_000)), false, vec![each(Code::ValidationFailed)]),
        (line(10_000, Some(0)), false, vec![each(Code::ValidationFailed)]),
    ];
    for (line, new_price, want) in table {
        assert_eq!(pointers(&line_faults(&line, offer, new_price, "/lines/0")), want, "{line:?}");
    }
    let by_weight = OnOffer { price: Fen::new(900), weighed: true };
    assert!(line_faults(&line(10_500, Some(500)), by_weight, true, "").is_empty());
}

#[test]
fn what_is_left_is_the_lesser_of_both_limits() {
    let table = [
        (line(10_000, None), (0, 0), 10_000),
        (line(10_000, None), (9_000, 9_000), 1_000),
        (line(10_000, Some(4_000)), (5_000, 1_000), 3_000),
        (line(10_000, Some(4_000)), (9_000, 1_000), 1_000),
        (line(10_000, Some(4_000)), (4_000, 4_000), 0),
        // Less was agreed on later than had been used.
        (line(10_000, None), (12_000, 0), 0),
    ];
    for (line, (whole, unit), want) in table {
        let used = Used { whole, unit };
        assert_eq!(left(&line, used), Quantity::from_milli(want), "{line:?} {used:?}");
        assert!(room(&line, used, want, "").is_ok());
        assert_eq!(room(&line, used, want + 1, "").map_err(|e| e.code()), Err(Code::QuantityExceeded));
    }
}

#[test]
fn notice_is_given_once_and_in_time() {
    let (terms, today) = (terms(day(1, 1), day(12, 31)), day(3, 1));
    let table = [
        (None, day(3, 30), Some(Code::ValidationFailed)),
        (None, day(3, 31), None),
        (None, day(12, 31), None),
        (None, Day::ymd(2022, 1, 1), Some(Code::ValidationFailed)),
        (Some(day(12, 1)), day(6, 1), Some(Code::WrongState)),
    ];
    for (ends_on, wanted, want) in table {
        assert_eq!(ending(&terms, ends_on, wanted, today).err().map(|e| e.code()), want, "{ends_on:?} {wanted}");
    }
}

#[test]
fn the_other_side_answers() {
    let (a, b) = (OrgId([1; 16]), OrgId([2; 16]));
    for (proposer, actor, answers, fits) in
        [(a, b, true, true), (a, a, true, false), (a, a, false, true), (a, b, false, false)]
    {
        assert_eq!(sides(proposer, actor, answers).is_ok(), fits, "{answers}");
    }
}
