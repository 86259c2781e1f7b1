//! Tables of money: payments, invoices, the payment clock.

use super::*;
use crate::kernel::calendar::DayKind;

fn fen(amount: i64) -> Fen {
    Fen::new(amount)
}
fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn payable(open: i64, due_on: Option<&str>, placed_on: &str, named: Option<i64>) -> Payable {
    Payable {
        due: fen(open),
        open: fen(open),
        due_on: due_on.map(day),
        placed_on: day(placed_on),
        named: named.map(fen),
    }
}

#[test]
fn a_transfer_pays_what_is_named_else_the_oldest_due_first() {
    let orders = [
        payable(300, None, "2021-01-01", None),
        payable(200, Some("2021-03-01"), "2021-02-01", None),
        payable(100, Some("2021-02-01"), "2021-02-02", None),
    ];
    for (transfer, parts) in
        [(50, [0, 0, 50]), (100, [0, 0, 100]), (250, [0, 150, 100]), (600, [300, 200, 100]), (650, [350, 200, 100])]
    {
        assert_eq!(allocate(fen(transfer), &orders), Ok(parts.map(fen).to_vec()), "{transfer}");
    }
    let named = [payable(10, None, "2021-01-01", Some(70)), payable(10, None, "2021-01-01", Some(30))];
    assert_eq!(allocate(fen(100), &named), Ok(vec![fen(70), fen(30)]));
    assert_eq!(allocate(fen(101), &named), Err(MoneyRefusal::PartsDoNotSum));
    let half = [payable(10, None, "2021-01-01", Some(100)), payable(10, None, "2021-01-01", None)];
    assert_eq!(allocate(fen(100), &half), Err(MoneyRefusal::PartsDoNotSum));
    assert_eq!(allocate(fen(100), &[]), Err(MoneyRefusal::NothingToPay));
    // Everything is paid already: the transfer is a credit.
    let paid = [payable(0, Some("2021-03-01"), "2021-02-01", None), payable(-5, None, "2021-02-01", None)];
    assert_eq!(allocate(fen(7), &paid), Ok(vec![fen(0), fen(7)]));
}

#[test]
fn what_is_due_is_paid_before_what_is_still_to_come() {
    // Of the first 10.00 are accepted and 90.00 open; all of the second is accepted, later.
    let orders = [
        Payable { open: fen(10_000), ..payable(1_000, Some("2021-03-31"), "2021-02-01", None) },
        payable(5_000, Some("2021-04-01"), "2021-02-02", None),
    ];
    for (transfer, parts) in
        [(900, [900, 0]), (6_000, [1_000, 5_000]), (7_000, [2_000, 5_000]), (15_001, [10_000, 5_001])]
    {
        assert_eq!(allocate(fen(transfer), &orders), Ok(parts.map(fen).to_vec()), "{transfer}");
    }
    // More is paid than is due: the goods to come take the difference only.
    let ahead =
        [Payable { open: fen(300), ..payable(-200, None, "2021-02-01", None) }, payable(50, None, "2021-02-02", None)];
    assert_eq!(allocate(fen(400), &ahead), Ok(vec![fen(300), fen(100)]));
}

#[test]
fn no_more_goes_back_than_was_paid() {
    assert_eq!(refund(fen(100), fen(40), fen(60)), Ok(()));
    assert_eq!(refund(fen(100), fen(40), fen(61)), Err(MoneyRefusal::MoreThanPaid));
}

#[test]
fn the_payment_clock_counts_calendar_days_and_ends_on_a_working_day() {
    let off: Vec<_> = (1..=8).map(|d| (Day::ymd(2020, 10, d).date(), DayKind::Off)).collect();
    let calendar = WorkCalendar::new(off, [2020]);
    for (accepted, days, due) in [
        ("2020-09-01", 29, "2020-09-30"),
        ("2020-09-01", 30, "2020-10-09"), // 10-01 is a day off
        ("2020-11-05", 30, "2020-12-07"), // a Saturday
    ] {
        assert_eq!(payment_due(day(accepted), days, &calendar).day, day(due).date());
    }
    assert!(payment_due(day("2020-12-20"), 30, &calendar).provisional);
}

#[test]
fn the_payment_clock_binds_organs_institutions_and_large_enterprises() {
    use RegistrationKind as K;
    for (kind, is_sme, level) in [
        (Some(K::Organ), false, Some("organ")),
        (Some(K::Institution), true, Some("institution")),
        (Some(K::Enterprise), false, Some("large_enterprise")),
        (Some(K::Enterprise), true, None),
        (None, false, None),
    ] {
        assert_eq!(clock_level(kind, is_sme), level);
    }
}

#[test]
fn the_payment_clock_starts_with_the_acceptance_or_when_the_inspection_days_have_passed() {
    let off = (1..=5).map(|d| (Day::ymd(2021, 5, d).date(), DayKind::Off)).collect::<Vec<_>>();
    let calendar = WorkCalendar::new(off, [2021]);
    for (accepted, shipped, start) in [
        (None, None, None),
        (None, Some("2021-04-19"), Some("2021-04-22")),
        (Some("2021-04-21"), Some("2021-04-19"), Some("2021-04-21")),
        (Some("2021-04-30"), Some("2021-04-19"), Some("2021-04-22")),
        (None, Some("2021-04-28"), Some("2021-05-06")), // Labour Day
        (Some("2021-05-05"), Some("2021-04-28"), Some("2021-05-05")),
    ] {
        let found = clock_start(accepted.map(day), shipped.map(day), 3, &calendar);
        assert_eq!(found.map(|start| Day::new(start.day)), start.map(day), "{shipped:?}");
        assert!(found.is_none_or(|start| !start.provisional), "{shipped:?}");
    }
    // The inspection ends on a Saturday of a year that is not loaded: until the Monday, unless it is worked.
    for (accepted, start, provisional) in [
        (None, "2022-01-03", true),
        (Some("2022-01-04"), "2022-01-03", true),
        (Some("2022-01-02"), "2022-01-02", true),
        (Some("2022-01-01"), "2022-01-01", false),
    ] {
        let found = clock_start(accepted.map(day), Some(day("2021-12-29")), 3, &calendar);
        assert_eq!(found, Some(Deadline { day: day(start).date(), provisional }), "{accepted:?}");
    }
}

#[test]
fn invoices_agree_within_one_fen() {
    let sums = |net, rate, tax, gross, red| {
        let rate = if rate < 0 { Tax::Exempt } else { Tax::Rate(Ppm(rate)) };
        check_invoice(InvoiceSums { net: fen(net), rate, tax: fen(tax), gross: fen(gross), red })
    };
    assert_eq!(sums(10_000, 90_000, 900, 10_900, false), Ok(()));
    assert_eq!(sums(10_000, 90_000, 901, 10_900, false), Ok(()));
    assert_eq!(sums(10_000, 90_000, 902, 10_902, false), Err(MoneyRefusal::InvoiceSums));
    assert_eq!(sums(10_000, 90_000, 900, 10_902, false), Err(MoneyRefusal::InvoiceSums));
    assert_eq!(sums(10_000, -1, 0, 10_000, false), Ok(()));
    assert_eq!(sums(10_000, -1, 5, 10_005, false), Err(MoneyRefusal::ExemptWithTax));
    assert_eq!(sums(-10_000, 90_000, -900, -10_900, true), Ok(()));
    assert_eq!(sums(-10_000, 90_000, -900, -10_900, false), Err(MoneyRefusal::RedLetter));
    assert_eq!(sums(10_000, 90_000, 900, 10_900, true), Err(MoneyRefusal::RedLetter));
    assert_eq!(sums(i64::MAX, 90_000, i64::MAX, 1, false), Err(MoneyRefusal::TooLarge));
}

#[test]
fn an_invoiced_line_agrees_with_what_was_accepted() {
    for (invoiced, ordered, kept, closed, fits) in [
        (1_001, 2_000, 1_000, true, true),
        (1_002, 2_000, 1_000, true, false),
        (2_001, 2_000, 1_000, false, true), // before the goods have come
        (2_002, 2_000, 1_000, false, false),
        (2_100, 2_000, 2_100, false, true), // weighed goods within their tolerance
        (-1, 2_000, 1_000, true, false),
    ] {
        assert_eq!(check_matched(fen(invoiced), fen(ordered), fen(kept), closed).is_ok(), fits, "{invoiced}");
    }
    assert!(agrees(fen(999), fen(1_000)) && !agrees(fen(998), fen(1_000)));
}

#[test]
fn a_red_letter_follows_its_invoice_and_leaves_nothing_below_nothing() {
    let (day, later) = (Day::ymd(2021, 3, 1), Day::ymd(2021, 3, 2));
    let rate = Some(Ppm(90_000));
    for (red, answer) in [
        ((day, rate), Ok(())),
        ((later, rate), Ok(())),
        ((Day::ymd(2021, 2, 28), rate), Err(MoneyRefusal::RedLetterEarly)),
        ((later, None), Err(MoneyRefusal::RedLetterRate)),
        ((later, Some(Ppm(130_000))), Err(MoneyRefusal::RedLetterRate)),
    ] {
        assert_eq!(check_red_letter(red, (day, rate)), answer, "{red:?}");
    }
    let left = |taken, gross| check_line_left(fen(10_000), fen(taken), fen(gross));
    assert_eq!((left(0, -10_000), left(-8_000, -2_000)), (Ok(()), Ok(())));
    assert_eq!(left(0, -10_001), Err(MoneyRefusal::RedLetterTooMuch));
    assert_eq!(left(-8_000, -2_001), Err(MoneyRefusal::RedLetterTooMuch));
}

#[test]
fn a_red_letter_takes_back_in_parts_and_freight_goes_with_the_goods() {
    assert_eq!(check_taken_back(fen(0)), Ok(()));
    assert_eq!(check_taken_back(fen(9_000)), Ok(()));
    assert_eq!(check_taken_back(fen(-1)), Err(MoneyRefusal::NotAccepted));
    for (kept, open, payable) in [(false, false, 0), (true, false, 500), (false, true, 500), (true, true, 500)] {
        assert_eq!(freight_payable(fen(500), kept, open), fen(payable));
    }
}
