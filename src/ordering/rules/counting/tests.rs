//! The sentences of product.md §4 and §5 on counting, each as a case.

use super::*;
use crate::kernel::calendar::{DayKind, WorkCalendar};
use crate::kernel::money::{rate_hundredths, show_rate};
use crate::kernel::terms::{Fund, LineStanding};
use proptest::prelude::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}
pub(super) fn fen(amount: i64) -> Fen {
    Fen::new(amount)
}
fn closing() -> ClosingDate {
    ClosingDate::parse("01-15").unwrap()
}
/// A fact that took effect on the day it counts on.
pub(super) fn fact(on: &str, what: What) -> Fact {
    late(on, on, what)
}
/// A fact that counts on one day and took effect on another.
pub(super) fn late(on: &str, effective: &str, what: What) -> Fact {
    Fact { what, effective_on: day(effective), day: day(on), closes_on: closing().of_year(day(on).year()) }
}
pub(super) fn accepted(amounts: &[i64]) -> What {
    What::Accepted(amounts.iter().map(|a| fen(*a)).enumerate().filter(|(_, a)| !a.is_zero()).collect())
}
pub(super) fn terms(qualifies: &[bool]) -> Terms {
    Terms { qualifies: qualifies.to_vec(), freight: Fen::ZERO, rating_required: true }
}
/// Basis, line, year, day, fen, correction.
fn shown(counted: &Counted, basis: Basis) -> Vec<(usize, i64, String, i64, bool)> {
    let of = counted.entries.iter().filter(|e| e.basis == basis);
    of.map(|e| (e.line, e.year, e.day.to_string(), e.amount.get(), e.correction)).collect()
}
fn row(line: usize, year: i64, on: &str, amount: i64, correction: bool) -> (usize, i64, String, i64, bool) {
    (line, year, on.to_owned(), amount, correction)
}
/// One line of 100.00 yuan, accepted, closed, paid and rated on the given days.
pub(super) fn whole(accept: &str, pay: &str, rate: &str) -> Vec<Fact> {
    vec![
        fact(accept, accepted(&[10_000])),
        fact(accept, What::LineClosed(0)),
        fact(pay, What::Paid(fen(10_000))),
        fact(rate, What::Rated),
    ]
}
pub(super) fn count(qualifies: &[bool], facts: &[Fact]) -> Counted {
    recount(&terms(qualifies), facts).unwrap()
}

#[test]
fn a_fact_counts_when_it_occurred_if_recorded_in_time_and_before_the_year_closed() {
    let off = ["2021-01-01", "2021-01-02", "2021-01-03"].map(|d| (day(d).date(), DayKind::Off));
    let calendar = WorkCalendar::new(off, [2020, 2021]);
    // occurred, recorded, counts on, late
    let table = [
        ("2020-12-18", "2020-12-18", "2020-12-18", false),
        ("2020-12-18", "2020-12-25", "2020-12-18", false), // the fifth working day
        ("2020-12-18", "2020-12-26", "2020-12-26", true),  // Saturday after it
        ("2020-12-31", "2021-01-08", "2020-12-31", false), // across New Year's days off
        ("2020-12-31", "2021-01-09", "2021-01-09", true),
        ("2021-01-14", "2021-01-18", "2021-01-14", false), // its own year is open
    ];
    for (occurred, recorded, counts, is_late) in table {
        let found = dating::fact_date(day(occurred), day(recorded), 5, &calendar, closing());
        assert_eq!(found, FactDate { day: day(counts), late: is_late }, "{occurred} recorded {recorded}");
    }
    // The year closed before the five days were over.
    let early = ClosingDate::parse("01-05").unwrap();
    let found = dating::fact_date(day("2020-12-31"), day("2021-01-06"), 5, &calendar, early);
    assert_eq!(found, FactDate { day: day("2021-01-06"), late: true });
    let found = dating::fact_date(day("2020-12-31"), day("2021-01-05"), 5, &calendar, early);
    assert_eq!(found, FactDate { day: day("2020-12-31"), late: false });
}

#[test]
fn closing_dates_are_days_of_the_next_year() {
    for (text, year, last) in
        [("01-15", 2020, "2021-01-15"), ("02-29", 2020, "2021-02-28"), ("02-29", 2023, "2024-02-29")]
    {
        assert_eq!(ClosingDate::parse(text).unwrap().of_year(year), day(last));
    }
    for text in ["", "1-15", "13-01", "01-32", "15"] {
        assert_eq!(ClosingDate::parse(text), None, "{text}");
    }
}

#[test]
fn a_payment_confirmed_after_the_closing_counts_when_confirmed() {
    let reported = FactDate { day: day("2020-12-28"), late: false };
    for (effective, counts, is_late) in
        [("2020-12-28", "2020-12-28", false), ("2021-01-15", "2020-12-28", false), ("2021-01-16", "2021-01-16", true)]
    {
        let found = dating::payment_date(reported, day(effective), closing());
        assert_eq!(found, FactDate { day: day(counts), late: is_late }, "{effective}");
    }
    // Reported late it counts in the new year already, which is open.
    let found = dating::payment_date(FactDate { day: day("2021-01-11"), late: true }, day("2021-01-20"), closing());
    assert_eq!(found.day, day("2021-01-11"));
}

#[test]
fn an_order_belongs_to_the_year_of_its_last_required_fact() {
    // accepted, paid, rated -> year
    let table = [
        ("2020-12-20", "2020-12-21", "2020-12-31", 2020, "2020-12-31"),
        ("2020-12-20", "2020-12-21", "2021-01-01", 2021, "2021-01-01"),
        ("2020-12-20", "2021-01-04", "2020-12-31", 2021, "2021-01-04"),
        ("2021-01-04", "2020-12-20", "2020-12-31", 2021, "2021-01-04"),
        ("2020-12-31", "2020-12-31", "2020-12-31", 2020, "2020-12-31"),
    ];
    for (accept, pay, rate, year, on) in table {
        let mut facts = whole(accept, pay, rate);
        for _ in 0..facts.len() {
            facts.rotate_left(1);
            let counted = count(&[true], &facts);
            assert_eq!(counted.completed, Some(Completion { day: day(on), year }), "{facts:?}");
            assert_eq!(shown(&counted, Basis::Completed), [row(0, year, on, 10_000, false)]);
        }
    }
}

#[test]
fn a_part_payment_completes_nothing_and_neither_does_a_missing_fact() {
    let facts = whole("2020-03-02", "2020-03-03", "2020-03-04");
    for missing in 0..facts.len() {
        let mut rest = facts.clone();
        rest.remove(missing);
        assert_eq!(count(&[true], &rest).completed, None, "without {missing}");
    }
    let mut part = facts.clone();
    part[2].what = What::Paid(fen(9_999));
    let counted = count(&[true], &part);
    assert_eq!((counted.completed, counted.accepted_paid(), counted.unpaid()), (None, fen(9_999), fen(1)));
    part.push(fact("2020-04-01", What::Paid(fen(1))));
    let counted = count(&[true], &part);
    assert_eq!(shown(&counted, Basis::Completed), [row(0, 2020, "2020-04-01", 10_000, false)]);
    // Where the rule asks for no rating, none is missing.
    let free = Terms { rating_required: false, ..terms(&[true]) };
    assert!(recount(&free, &facts[..3]).unwrap().completed.is_some());
}

#[test]
fn only_qualifying_lines_count_to_the_plan_but_every_line_to_the_volumes() {
    let facts = [
        fact("2020-03-02", accepted(&[6_000, 4_000])),
        fact("2020-03-02", What::LineClosed(0)),
        fact("2020-03-02", What::LineClosed(1)),
        fact("2020-03-09", What::Paid(fen(10_000))),
        fact("2020-03-10", What::Rated),
    ];
    let counted = count(&[true, false], &facts);
    assert_eq!(shown(&counted, Basis::Completed), [row(0, 2020, "2020-03-10", 6_000, false)]);
    let both = [row(0, 2020, "2020-03-09", 6_000, false), row(1, 2020, "2020-03-09", 4_000, false)];
    assert_eq!(shown(&counted, Basis::AcceptedPaid), both);
}

#[test]
fn freight_is_payable_but_counts_nowhere_and_is_paid_last() {
    let freight = Terms { freight: fen(500), ..terms(&[true]) };
    let mut facts = whole("2020-03-02", "2020-03-03", "2020-03-04");
    // The goods are paid: they count, whatever becomes of the freight.
    let counted = recount(&freight, &facts).unwrap();
    assert_eq!(counted.completed.map(|c| c.day), Some(day("2020-03-04")));
    assert_eq!((counted.accepted_paid(), counted.unpaid(), counted.unpaid_goods()), (fen(10_000), fen(500), fen(0)));
    facts.push(fact("2020-03-05", What::Paid(fen(700))));
    let counted = recount(&freight, &facts).unwrap();
    assert_eq!((counted.completed_fen(), counted.credit(), counted.due), (fen(10_000), fen(200), fen(10_500)));
    // Sending the credit and the freight back takes nothing from the goods.
    facts.push(fact("2020-03-06", What::PaidBack(fen(700))));
    assert_eq!(recount(&freight, &facts).unwrap().completed_fen(), fen(10_000));
    // Freight paid before the goods are is money for the goods.
    facts[2].what = What::Paid(fen(9_999));
    let counted = recount(&freight, &facts[..4]).unwrap();
    assert_eq!((counted.completed, counted.unpaid_goods()), (None, fen(1)));
}

#[test]
fn no_acceptance_comes_after_the_completion() {
    // Prepaid and rated; the second delivery came in the old year but was recorded after the first, of 4 January.
    let facts = [
        fact("2021-12-20", What::Paid(fen(10_000))),
        fact("2021-12-30", What::Rated),
        fact("2022-01-04", accepted(&[6_000])),
        fact("2021-12-31", accepted(&[4_000])),
        fact("2021-12-31", What::LineClosed(0)),
    ];
    let counted = count(&[true], &facts);
    assert_eq!(counted.completed, Some(Completion { day: day("2022-01-04"), year: 2022 }));
}

#[test]
fn volumes_are_dated_by_the_later_of_the_two_facts() {
    let facts = [
        fact("2020-01-10", What::Paid(fen(6_000))),
        fact("2020-02-10", accepted(&[4_000, 0])),
        fact("2020-03-10", accepted(&[0, 6_000])),
        fact("2020-04-10", What::Paid(fen(4_000))),
    ];
    let want = [
        row(0, 2020, "2020-02-10", 4_000, false),
        row(1, 2020, "2020-03-10", 2_000, false),
        row(1, 2020, "2020-04-10", 4_000, false),
    ];
    assert_eq!(shown(&count(&[true, true], &facts), Basis::AcceptedPaid), want);
}

#[test]
fn a_payment_of_several_lines_is_split_by_largest_remainder() {
    let facts = [fact("2020-02-10", accepted(&[333, 333, 334])), fact("2020-02-11", What::Paid(fen(100)))];
    let counted = count(&[true; 3], &facts);
    assert_eq!(counted.covered, [fen(33), fen(33), fen(34)]);
}

#[test]
fn a_refund_is_an_adjustment_of_the_month_it_happens_in() {
    let mut facts = whole("2020-03-02", "2020-03-03", "2020-03-04");
    facts.push(fact("2020-05-06", What::Returned(vec![(0, fen(1_500))])));
    facts.push(fact("2020-06-07", What::PaidBack(fen(1_500))));
    let want = [row(0, 2020, "2020-03-03", 10_000, false), row(0, 2020, "2020-05-06", -1_500, false)];
    let counted = count(&[true], &facts);
    assert_eq!(shown(&counted, Basis::AcceptedPaid), want);
    assert_eq!((counted.accepted_paid(), counted.credit()), (fen(8_500), Fen::ZERO));
    // The other way round the sums are the same, and the month is that of the first.
    facts.swap(4, 5);
    let counted = count(&[true], &facts);
    assert_eq!(counted.accepted_paid(), fen(8_500));
}

#[test]
fn a_refund_lowers_the_year_in_which_the_order_counted_until_it_closes_and_corrects_it_afterwards() {
    let mut facts = whole("2020-12-02", "2020-12-03", "2020-12-04");
    facts.push(fact("2021-01-15", What::PaidBack(fen(100))));
    facts.push(fact("2021-01-16", What::PaidBack(fen(10))));
    // Occurred before the closing and recorded in time for its own year, but after the closing of the year it lowers.
    facts.push(late("2021-01-14", "2021-01-18", What::PaidBack(fen(1))));
    let counted = count(&[true], &facts);
    let want = [
        row(0, 2020, "2020-12-04", 10_000, false),
        row(0, 2020, "2021-01-15", -100, false),
        row(0, 2020, "2021-01-16", -10, true),
        row(0, 2020, "2021-01-14", -1, true),
    ];
    assert_eq!(shown(&counted, Basis::Completed), want);
    // The volumes fall in the months in which the money went back.
    let volumes: Vec<String> = shown(&counted, Basis::AcceptedPaid).iter().map(|r| r.2[..7].to_owned()).collect();
    assert_eq!(volumes, ["2020-12", "2021-01", "2021-01", "2021-01"]);
}

#[test]
fn a_payment_that_never_came_takes_the_completion_back_until_it_is_made() {
    let paid = |denied: &str, again: &str| {
        let mut facts = whole("2021-12-02", "2021-12-03", "2021-12-04");
        facts[2].what = What::Paid(fen(6_000));
        facts.insert(3, fact("2021-12-03", What::Paid(fen(4_000))));
        facts.push(fact(denied, What::Unpaid(fen(4_000))));
        let known = facts.len();
        facts.push(fact(again, What::Paid(fen(4_000))));
        (count(&[true], &facts[..known]), count(&[true], &facts))
    };
    // Denied before and after the closing of 2021, paid in the next year.
    for (denied, correction) in [("2022-01-10", false), ("2022-01-17", true)] {
        let (before, after) = paid(denied, "2022-03-01");
        assert_eq!((before.completed, before.completed_fen(), before.unpaid()), (None, fen(0), fen(4_000)));
        assert_eq!(before.accepted_paid(), fen(6_000));
        let want = [
            row(0, 2021, "2021-12-04", 10_000, false),
            row(0, 2021, denied, -10_000, correction),
            row(0, 2022, "2022-03-01", 10_000, false),
        ];
        assert_eq!(shown(&after, Basis::Completed), want);
        assert_eq!(after.completed, Some(Completion { day: day("2022-03-01"), year: 2022 }));
    }
    // What was paid beyond the goods may be denied without harm.
    let mut facts = whole("2021-12-02", "2021-12-03", "2021-12-04");
    facts.push(fact("2021-12-05", What::Paid(fen(500))));
    facts.push(fact("2021-12-06", What::Unpaid(fen(500))));
    let counted = count(&[true], &facts);
    assert_eq!((counted.completed.map(|c| c.year), counted.completed_fen()), (Some(2021), fen(10_000)));
}

#[test]
fn a_year_that_has_closed_stays_as_published() {
    // Accepted, paid and rated in 2020, counted in 2021: the refund of 2021 must lower 2021 and correct nothing.
    let mut facts = whole("2020-12-20", "2020-12-21", "2021-01-05");
    facts.push(fact("2021-06-01", What::PaidBack(fen(100))));
    let counted = count(&[true], &facts);
    assert_eq!(shown(&counted, Basis::Completed)[1], row(0, 2021, "2021-06-01", -100, false));
    assert_eq!(shown(&counted, Basis::AcceptedPaid)[1], row(0, 2020, "2021-06-01", -100, true));
}

#[test]
fn a_return_can_be_the_fact_that_completes() {
    let mut facts = whole("2020-12-20", "2020-12-21", "2020-12-22");
    facts[2].what = What::Paid(fen(9_000));
    facts.push(fact("2021-01-04", What::Returned(vec![(0, fen(1_000))])));
    let counted = count(&[true], &facts);
    assert_eq!(shown(&counted, Basis::Completed), [row(0, 2021, "2021-01-04", 9_000, false)]);
    // Of an order of which nothing is kept nothing completes.
    let mut none = whole("2020-12-20", "2020-12-21", "2020-12-22");
    none.insert(1, fact("2020-12-20", What::Returned(vec![(0, fen(10_000))])));
    let counted = count(&[true], &none);
    assert_eq!((counted.completed, counted.due, counted.credit()), (None, Fen::ZERO, fen(10_000)));
}

#[test]
fn money_freed_by_a_return_covers_other_goods() {
    let facts = [
        fact("2020-02-01", accepted(&[5_000, 0])),
        fact("2020-02-02", What::Paid(fen(5_000))),
        fact("2020-03-01", accepted(&[0, 5_000])),
        fact("2020-04-01", What::Returned(vec![(0, fen(2_000))])),
    ];
    let counted = count(&[true, true], &facts);
    assert_eq!(counted.covered, [fen(3_000), fen(2_000)]);
    let want = [row(0, 2020, "2020-04-01", -2_000, false), row(1, 2020, "2020-04-01", 2_000, false)];
    assert_eq!(shown(&counted, Basis::AcceptedPaid)[1..], want);
}

#[test]
fn contradictions_are_refused() {
    let paid = fact("2020-02-02", What::Paid(fen(100)));
    let facts = [paid.clone(), fact("2020-02-03", What::PaidBack(fen(101)))];
    assert!(recount(&terms(&[true]), &facts).is_err());
    let facts = [fact("2020-02-03", accepted(&[100])), fact("2020-02-03", What::Returned(vec![(0, fen(101))]))];
    assert!(recount(&terms(&[true]), &facts).is_err());
    assert!(recount(&terms(&[true]), &[fact("2020-02-03", accepted(&[1, 1]))]).is_err());
    let most = fact("2020-02-02", What::Paid(fen(i64::MAX)));
    assert!(recount(&terms(&[true]), &[most.clone(), most]).is_err());
}

#[test]
fn golden_rates_come_out_of_counted_orders() {
    // 宁财便函〔2020〕420号, in ten-thousand yuan; a total row is the sum of its rows in fen.
    let completed_of = |amount: i64| {
        let mut facts = whole("2020-09-01", "2020-09-02", "2020-09-03");
        facts[0].what = accepted(&[amount]);
        facts[2].what = What::Paid(fen(amount));
        count(&[true], &facts).completed_fen()
    };
    let (region, cities) = (completed_of(141_100_000), completed_of(370_920_000));
    let (reserved, others) = (fen(602_260_000), fen(1_622_670_000));
    let both = (region.plus(cities).unwrap(), reserved.plus(others).unwrap());
    for ((part, whole), rate) in [
        ((region, reserved), "23.43"),
        ((cities, others), "22.86"),
        (both, "23.01"),
        ((fen(87_684_000), fen(78_402_500)), "111.84"),
    ] {
        assert_eq!(show_rate(rate_hundredths(part, whole)), rate);
    }
    assert_eq!(both, (fen(512_020_000), fen(2_224_930_000)));
    assert_eq!(3_294, 771 + 1_128 + 1_395);
}

#[test]
fn every_missing_fact_and_rule_row_is_named() {
    let names = vec!["枸杞".to_owned(), "滩羊肉".to_owned()];
    let waiting = Waiting {
        dead: false,
        unapproved: true,
        confirmed: false,
        open_lines: vec![1],
        line_names: names,
        reported: fen(300),
        rated: false,
        fund: Fund::Canteen,
        plan_approved: false,
    };
    let facts = [fact("2020-02-01", accepted(&[5_000, 0]))];
    let codes = |qualifies: &[bool], waiting: &Waiting, facts: &[Fact]| -> Vec<&'static str> {
        let terms = terms(qualifies);
        explain(&terms, waiting, &recount(&terms, facts).unwrap()).iter().map(|m| m.code).collect()
    };
    assert_eq!(
        codes(&[true, false], &waiting, &facts),
        [
            "not_approved",
            "not_confirmed",
            "line_open",
            "unpaid",
            "payment_unconfirmed",
            "not_rated",
            "line_not_qualifying",
            "plan_not_approved"
        ]
    );
    let ready = Waiting {
        unapproved: false,
        confirmed: true,
        open_lines: vec![],
        rated: true,
        plan_approved: true,
        ..waiting.clone()
    };
    assert_eq!(codes(&[true, true], &ready, &[]), ["nothing_accepted"]);
    let done = whole("2020-02-01", "2020-02-01", "2020-02-01");
    assert!(codes(&[true], &ready, &done).is_empty());
    // Counted, and then a part of the money was sent back.
    let mut refunded = done.clone();
    refunded.push(fact("2020-02-03", What::PaidBack(fen(100))));
    assert_eq!(codes(&[true], &ready, &refunded), ["unpaid"]);
    let other = Waiting { fund: Fund::Enterprise, plan_approved: false, ..ready.clone() };
    assert_eq!(codes(&[true], &other, &done), ["fund_not_counted"]);
    assert_eq!(codes(&[true], &Waiting { dead: true, ..ready }, &[]), ["order_dead"]);
}

/// A random step: kind, line, amount, days later, days until it takes effect.
type Step = (u8, usize, i64, i64, i64);

/// Facts of random steps that do not contradict each other.
fn history(steps: &[Step]) -> Vec<Fact> {
    let (mut kept, mut paid, mut on) = ([0_i64; 3], 0_i64, day("2020-10-01"));
    let mut facts = Vec::new();
    for (kind, line, amount, later, delay) in steps {
        let (line, amount) = (line % 3, *amount);
        on = on.plus_days(*later);
        let what = match kind % 9 {
            0 => What::Accepted(vec![(line, fen(amount)), ((line + 1) % 3, fen(amount / 2))]),
            1 => What::Paid(fen(amount)),
            2 => What::Returned(vec![(line, fen(amount.min(kept[line])))]),
            3 => What::PaidBack(fen(amount.min(paid))),
            4 => What::LineClosed(line),
            5 => What::Unpaid(fen(amount.min(paid))),
            6 => What::Annulled(vec![(line, LineStanding::ALL[usize::try_from(amount % 4).unwrap()])]),
            7 => What::LineReopened(line),
            _ => What::Rated,
        };
        match &what {
            What::Accepted(amounts) => amounts.iter().for_each(|(l, a)| kept[*l] += a.get()),
            What::Returned(amounts) => amounts.iter().for_each(|(l, a)| kept[*l] -= a.get()),
            What::Paid(a) => paid += a.get(),
            What::PaidBack(a) | What::Unpaid(a) => paid -= a.get(),
            What::LineClosed(_) | What::LineReopened(_) | What::Rated | What::Annulled(_) => {}
        }
        let effective_on = on.plus_days(*delay);
        let counts = dating::payment_date(FactDate { day: on, late: false }, effective_on, closing()).day;
        facts.push(Fact { what, effective_on, day: counts, closes_on: closing().of_year(counts.year()) });
    }
    facts
}

proptest! {
    #[test]
    fn entries_are_appended_and_always_sum_to_a_naive_recount(
        steps in prop::collection::vec((any::<u8>(), any::<usize>(), 1_i64..50_000, 0_i64..12, 0_i64..9), 1..40)
    ) {
        let facts = history(&steps);
        let terms = terms(&[true, false, true]);
        let mut before: Vec<Count> = Vec::new();
        let mut done: Option<Completion> = None;
        for known in 1..=facts.len() {
            let counted = recount(&terms, &facts[..known]).unwrap();
            prop_assert_eq!(&counted.entries[..before.len()], &before[..]);
            let sum = |basis: Basis, line: usize| -> i64 {
                counted.entries.iter().filter(|e| e.basis == basis && e.line == line).map(|e| e.amount.get()).sum()
            };
            let kept: i64 = counted.accepted.iter().map(|a| a.get()).sum();
            prop_assert_eq!(counted.accepted_paid().get(), kept.min(counted.paid.get()));
            for line in 0..3 {
                prop_assert_eq!(sum(Basis::AcceptedPaid, line), counted.covered[line].get());
                prop_assert!(counted.covered[line] <= counted.accepted[line] && counted.covered[line].get() >= 0);
                let standing = counted.standings[line];
                let counts = counted.completed.is_some() && terms.qualifies[line] && standing.counts_to_plan();
                prop_assert_eq!(sum(Basis::Completed, line), if counts { counted.covered[line].get() } else { 0 });
                // Nothing is left under a standing that a line has no more.
                for (entry, basis) in counted.entries.iter().flat_map(|e| Basis::ALL.iter().map(move |b| (e, *b))) {
                    let of = counted.entries.iter().filter(|e| (e.basis, e.line, e.standing) == (basis, line, entry.standing));
                    let left: i64 = of.map(|e| e.amount.get()).sum();
                    prop_assert!(left == 0 || entry.standing == standing, "{} {} {}", line, basis, entry.standing);
                }
            }
            // Only a payment that never came takes a completion back, and only when something is left to pay; otherwise a
            // completed order never changes its year. New entries never touch a closed year without saying so.
            let denied = matches!(facts[known - 1].what, What::Unpaid(_)) && kept > counted.paid.get();
            prop_assert!(done.is_none() || denied || done == counted.completed);
            prop_assert!(!denied || counted.completed.is_none());
            for entry in &counted.entries[before.len()..] {
                let closed = facts[entry.fact].effective_on > closing().of_year(entry.year);
                prop_assert_eq!(entry.correction, closed);
                prop_assert_eq!(entry.fact, known - 1);
            }
            done = counted.completed;
            before = counted.entries;
        }
    }
}
