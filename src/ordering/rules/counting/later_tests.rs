//! What is allowed of kept goods, and what is owed once more after a line was closed, each as a case.

use super::tests::{accepted, count, fact, fen, late, whole};
use super::*;

#[test]
fn an_allowance_counts_in_the_year_that_it_lowers() {
    let mut facts = whole("2020-12-02", "2020-12-03", "2020-12-04");
    facts.push(fact("2021-01-10", What::Returned(vec![(0, fen(1_500))])));
    facts.push(late("2021-02-01", "2021-02-01", What::Returned(vec![(0, fen(500))])));
    let counted = count(&[true], &facts);
    let lowered: Vec<(Basis, i64, i64, bool)> =
        counted.entries.iter().skip(2).map(|e| (e.basis, e.year, e.amount.get(), e.correction)).collect();
    assert_eq!(
        lowered,
        [
            (Basis::AcceptedPaid, 2020, -1_500, false),
            (Basis::Completed, 2020, -1_500, false),
            (Basis::AcceptedPaid, 2020, -500, true),
            (Basis::Completed, 2020, -500, true),
        ]
    );
    assert_eq!((counted.completed_fen(), counted.credit()), (fen(8_000), fen(2_000)));
}

#[test]
fn an_allowance_may_be_the_last_that_an_order_waits_for() {
    let facts = [
        fact("2020-03-02", accepted(&[10_000])),
        fact("2020-03-02", What::LineClosed(0)),
        fact("2020-03-03", What::Paid(fen(9_000))),
        fact("2020-03-04", What::Rated),
        fact("2020-03-09", What::Returned(vec![(0, fen(1_000))])),
    ];
    let counted = count(&[true], &facts);
    let done = counted.completed.map(|done| done.day.to_string());
    assert_eq!((done, counted.completed_fen()), (Some("2020-03-09".to_owned()), fen(9_000)));
    // An allowance of freight alone lowers nothing that counts.
    let nothing = fact("2020-03-09", What::Returned(Vec::new()));
    let counted = count(&[true], &[&facts[..4], &[nothing]].concat());
    assert_eq!((counted.completed, counted.unpaid_goods()), (None, fen(1_000)));
}

#[test]
fn a_line_that_is_open_again_keeps_its_order_from_completing() {
    let facts = [
        fact("2020-03-02", accepted(&[8_000])),
        fact("2020-03-02", What::LineClosed(0)),
        fact("2020-03-05", What::LineReopened(0)),
        fact("2020-03-06", What::Paid(fen(8_000))),
        fact("2020-03-07", What::Rated),
        fact("2020-03-20", accepted(&[2_000])),
        fact("2020-03-20", What::LineClosed(0)),
        fact("2020-03-25", What::Paid(fen(2_000))),
    ];
    for known in 5..8 {
        assert_eq!(count(&[true], &facts[..known]).completed, None, "{known}");
    }
    let counted = count(&[true], &facts);
    let done = counted.completed.map(|done| done.day.to_string());
    assert_eq!((done, counted.completed_fen()), (Some("2020-03-25".to_owned()), fen(10_000)));
}
