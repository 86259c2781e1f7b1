//! What an annulment from the start takes back, where and when, each as a case.

use super::tests::{accepted, count, fact, fen, late, terms, whole};
use super::*;
use LineStanding::{AsPlaced, Uncertified, Unqualified, Void};

/// Year, day, fen, correction, standing of a basis.
fn shown(counted: &Counted, basis: Basis) -> Vec<(i64, String, i64, bool, LineStanding)> {
    let of = counted.entries.iter().filter(|e| e.basis == basis);
    of.map(|e| (e.year, e.day.to_string(), e.amount.get(), e.correction, e.standing)).collect()
}

fn annulled(on: &str, standing: LineStanding) -> Fact {
    fact(on, What::Annulled(vec![(0, standing)]))
}

fn row(
    year: i64,
    on: &str,
    amount: i64,
    correction: bool,
    standing: LineStanding,
) -> (i64, String, i64, bool, LineStanding) {
    (year, on.to_owned(), amount, correction, standing)
}

#[test]
fn a_completed_line_is_taken_from_the_plan_and_counted_again_as_uncertified_volume() {
    let mut facts = whole("2020-03-02", "2020-03-03", "2020-03-04");
    facts.push(annulled("2020-06-10", Unqualified));
    let counted = count(&[true], &facts);
    let (then, now) = ("2020-03-03", "2020-06-10");
    let volume = [
        row(2020, then, 10_000, false, AsPlaced),
        row(2020, now, -10_000, false, AsPlaced),
        row(2020, now, 10_000, false, Unqualified),
    ];
    assert_eq!(shown(&counted, Basis::AcceptedPaid), volume);
    let plan = [row(2020, "2020-03-04", 10_000, false, AsPlaced), row(2020, now, -10_000, false, AsPlaced)];
    assert_eq!(shown(&counted, Basis::Completed), plan);
    // The order stays completed: money and goods were real.
    assert_eq!(
        (counted.completed.map(|done| done.year), counted.paid, counted.credit()),
        (Some(2020), fen(10_000), fen(0))
    );
}

#[test]
fn what_the_product_rule_lets_in_without_a_certificate_stays_in_the_plan() {
    let mut facts = whole("2020-03-02", "2020-03-03", "2020-03-04");
    facts.push(annulled("2020-06-10", Uncertified));
    let counted = count(&[true], &facts);
    assert_eq!(counted.completed_fen(), fen(10_000));
    assert_eq!(
        shown(&counted, Basis::Completed)[1..],
        [row(2020, "2020-06-10", -10_000, false, AsPlaced), row(2020, "2020-06-10", 10_000, false, Uncertified),]
    );
}

#[test]
fn a_closed_year_is_only_corrected() {
    // Counted in two years: a part payment before New Year, the rest after it.
    let mut facts = whole("2020-12-02", "2021-01-04", "2021-01-05");
    facts.insert(2, fact("2020-12-03", What::Paid(fen(4_000))));
    facts[3].what = What::Paid(fen(6_000));
    facts.push(annulled("2021-03-01", Void));
    let counted = count(&[true], &facts);
    assert_eq!(
        shown(&counted, Basis::AcceptedPaid)[2..],
        [
            row(2020, "2021-03-01", -4_000, true, AsPlaced),
            row(2021, "2021-03-01", -6_000, false, AsPlaced),
            row(2020, "2021-03-01", 4_000, true, Void),
            row(2021, "2021-03-01", 6_000, false, Void),
        ]
    );
    assert_eq!(shown(&counted, Basis::Completed)[1..], [row(2021, "2021-03-01", -10_000, false, AsPlaced)]);
    // Decided before the books closed, posted after it: what was published by then stays.
    *facts.last_mut().unwrap() = late("2022-01-14", "2022-01-16", What::Annulled(vec![(0, Void)]));
    assert!(count(&[true], &facts).entries.iter().filter(|e| e.fact == 5).all(|e| e.correction));
}

#[test]
fn what_comes_later_counts_as_what_the_line_is_by_then() {
    let open = [fact("2020-03-02", accepted(&[6_000])), annulled("2020-03-10", Unqualified)];
    let mut facts = open.to_vec();
    facts.push(fact("2020-04-01", accepted(&[4_000])));
    facts.push(fact("2020-04-01", What::LineClosed(0)));
    facts.push(fact("2020-04-02", What::Paid(fen(10_000))));
    facts.push(fact("2020-04-03", What::Rated));
    facts.push(fact("2020-04-04", What::PaidBack(fen(500))));
    let counted = count(&[true], &facts);
    let now = |amount| row(2020, if amount < 0 { "2020-04-04" } else { "2020-04-02" }, amount, false, Unqualified);
    assert_eq!(shown(&counted, Basis::AcceptedPaid), [now(10_000), now(-500)]);
    assert!(counted.completed.is_some() && counted.completed_fen() == fen(0));
}

#[test]
fn a_line_only_ever_gets_worse() {
    let mut facts = whole("2020-03-02", "2020-03-03", "2020-03-04");
    facts.push(annulled("2020-06-10", Unqualified));
    let before = count(&[true], &facts).entries.len();
    facts.push(annulled("2020-06-11", Uncertified));
    facts.push(annulled("2020-06-11", AsPlaced));
    assert_eq!(count(&[true], &facts).entries.len(), before);
    facts.push(annulled("2020-06-12", Void));
    let counted = count(&[true], &facts);
    assert_eq!((counted.standings.clone(), counted.entries.len()), (vec![Void], before + 2));
    // A fact of a line that the order does not have is a contradiction.
    facts.push(fact("2020-06-12", What::Annulled(vec![(7, Void)])));
    assert!(recount(&terms(&[true]), &facts).is_err());
}
