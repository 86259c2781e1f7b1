//! The life of lines, by cases and by chance.

use super::*;
use proptest::prelude::*;

fn kg(text: &str) -> Quantity {
    text.parse().unwrap()
}
fn fen(n: i64) -> Fen {
    Fen::new(n)
}
fn boxes(n: i64) -> Quantity {
    Quantity::units(n)
}

#[test]
fn whole_units_are_not_cut() {
    let half = Line::place(kg("1.5"), fen(100), false, Ppm(0));
    assert_eq!(half, Err(Refusal::NotWhole));
    assert_eq!(Line::place(Quantity::ZERO, fen(100), true, Ppm(0)), Err(Refusal::Nothing));
    let mut line = Line::place(boxes(3), fen(100), false, Ppm(0)).unwrap();
    assert_eq!(line.ship(kg("0.5")), Err(Refusal::NotWhole));
    line.ship(boxes(3)).unwrap();
    assert_eq!(line.accept(kg("0.5"), kg("0.5"), true), Err(Refusal::NotWhole));
}

#[test]
fn ten_boxes_come_in_two_shipments_one_broken_one_missing() {
    let mut line = Line::place(boxes(10), fen(1999), false, Ppm(50_000)).unwrap();
    assert_eq!((line.held_fen, line.stock_held()), (fen(19_990), boxes(10)));
    assert_eq!(line.ship(boxes(11)), Err(Refusal::Exceeds { open: boxes(10) }));
    assert_eq!(line.ship(boxes(6)).unwrap().stock_posted, boxes(6));
    assert_eq!(line.accept(boxes(7), boxes(0), false), Err(Refusal::Exceeds { open: boxes(6) }));
    assert_eq!(line.accept(boxes(5), boxes(1), false), Err(Refusal::ReasonMissing));
    let moves = line.accept(boxes(5), boxes(1), true).unwrap();
    assert_eq!((moves.quota_posted, moves.quota_released), (fen(9995), fen(1999)));
    line.ship(boxes(3)).unwrap();
    let moves = line.accept(boxes(3), boxes(0), false).unwrap();
    assert_eq!((moves.quota_posted, moves.quota_released, line.closed), (fen(5997), fen(0), false));
    let moves = line.short_close(boxes(1)).unwrap();
    assert_eq!((moves.quota_released, moves.stock_released, moves.ordered_lost), (fen(1999), boxes(1), fen(1999)));
    assert!(line.closed && line.held_fen.is_zero());
    assert_eq!(line.ship(boxes(1)), Err(Refusal::Closed));
    let moves = line.take_back(boxes(8)).unwrap();
    assert_eq!((moves.quota_returned, line.accepted_fen), (fen(15_992), fen(15_992)));
}

#[test]
fn weighed_goods_deviate_within_the_tolerance() {
    let mut line = Line::place(kg("100"), fen(4600), true, Ppm(50_000)).unwrap();
    assert_eq!((line.held_fen, line.stock_held()), (fen(483_000), kg("100")));
    assert_eq!(line.ship(kg("105.001")), Err(Refusal::OutOfTolerance { open: kg("105") }));
    let moves = line.ship(kg("103.5")).unwrap();
    assert_eq!((moves.stock_posted, moves.stock_beyond), (kg("100"), kg("3.5")));
    let moves = line.accept(kg("103.5"), kg("0"), false).unwrap();
    assert_eq!((moves.quota_posted, moves.quota_released), (fen(476_100), fen(6900)));
    assert!(line.closed);
    // A light delivery closes the line too, and gives back the stock that stayed.
    let mut light = Line::place(kg("100"), fen(4600), true, Ppm(50_000)).unwrap();
    light.ship(kg("95")).unwrap();
    let moves = light.accept(kg("95"), kg("0"), false).unwrap();
    assert_eq!((light.closed, moves.stock_released), (true, kg("5")));
    // Below the tolerance it stays open.
    let mut short = Line::place(kg("100"), fen(4600), true, Ppm(50_000)).unwrap();
    short.ship(kg("94.999")).unwrap();
    short.accept(kg("94.999"), kg("0"), false).unwrap();
    assert_eq!((short.closed, short.held_fen), (false, fen(483_000 - 436_995)));
}

#[test]
fn an_open_line_can_cost_what_is_neither_rejected_nor_written_off() {
    let mut line = Line::place(boxes(10), fen(1000), false, Ppm(0)).unwrap();
    assert_eq!(line.expected_fen(), Ok(fen(10_000)));
    line.ship(boxes(7)).unwrap();
    line.accept(boxes(3), boxes(4), true).unwrap();
    assert_eq!(line.expected_fen(), Ok(fen(6000)));
    line.take_back(boxes(1)).unwrap();
    line.short_close(boxes(2)).unwrap();
    assert_eq!((line.expected_fen(), line.closed), (Ok(fen(3000)), false));
    line.short_close(boxes(1)).unwrap();
    assert_eq!((line.expected_fen(), line.closed), (Ok(fen(2000)), true));
}

#[test]
fn a_weighed_line_never_closes_over_goods_that_nobody_has_decided() {
    let mut line = Line::place(kg("100"), fen(4600), true, Ppm(50_000)).unwrap();
    line.ship(kg("60")).unwrap();
    line.ship(kg("40")).unwrap();
    line.accept(kg("60"), kg("0"), false).unwrap();
    // 96 kg are within the tolerance, but 4 kg wait for the scale.
    let moves = line.accept(kg("36"), kg("0"), false).unwrap();
    assert_eq!((line.closed, line.held_fen, moves.quota_released), (false, fen(9 * 4600), fen(0)));
    let moves = line.accept(kg("3"), kg("1"), true).unwrap();
    assert_eq!((line.closed, moves.quota_posted, moves.quota_released), (true, fen(3 * 4600), fen(6 * 4600)));
    // Nor by writing off what was not shipped.
    let mut short = Line::place(kg("100"), fen(4600), true, Ppm(50_000)).unwrap();
    short.ship(kg("64")).unwrap();
    short.accept(kg("60"), kg("0"), false).unwrap();
    short.short_close(kg("36")).unwrap();
    assert!(!short.closed);
    short.accept(kg("4"), kg("0"), false).unwrap();
    assert_eq!((short.closed, short.accepted_fen, short.held_fen), (true, fen(64 * 4600), fen(0)));
    // Once everything that came is decided, the tolerance closes it and no rest may follow.
    let mut rest = Line::place(kg("100"), fen(4600), true, Ppm(50_000)).unwrap();
    rest.ship(kg("95")).unwrap();
    rest.accept(kg("95"), kg("0"), false).unwrap();
    assert_eq!((rest.closed, rest.ship(kg("5"))), (true, Err(Refusal::Closed)));
}

#[test]
fn partial_acceptances_sum_to_one_rounding() {
    let mut line = Line::place(kg("1"), fen(333), true, Ppm(0)).unwrap();
    line.ship(kg("1")).unwrap();
    let posted: i64 = ["0.333", "0.333", "0.334"]
        .map(|part| line.accept(kg(part), kg("0"), false).unwrap().quota_posted.get())
        .iter()
        .sum();
    assert_eq!((posted, line.accepted_fen), (333, fen(333)));
    let back: i64 =
        ["0.5", "0.25", "0.25"].map(|part| line.take_back(kg(part)).unwrap().quota_returned.get()).iter().sum();
    assert_eq!(back, 333);
}

#[test]
fn what_is_allowed_lowers_the_kept_goods_and_each_of_them_alike() {
    let mut line = Line::place(boxes(3), fen(1000), false, Ppm(0)).unwrap();
    assert_eq!(line.allow(fen(1)), Err(Refusal::AllowsTooMuch { left: fen(0) }));
    line.ship(boxes(3)).unwrap();
    line.accept(boxes(3), boxes(0), false).unwrap();
    assert_eq!(line.allow(fen(0)), Err(Refusal::Nothing));
    assert_eq!(line.allow(fen(3001)), Err(Refusal::AllowsTooMuch { left: fen(3000) }));
    assert_eq!(line.allow(fen(1000)).unwrap().quota_returned, fen(1000));
    assert_eq!((line.kept_fen(), line.allowed_fen, line.expected_fen()), (Ok(fen(2000)), fen(1000), Ok(fen(2000))));
    // 20.00 are left of three boxes: one gives back a third of it, the last one the remainder.
    assert_eq!(line.take_back(boxes(1)).unwrap().quota_returned, fen(667));
    assert_eq!(line.allow(fen(33)).unwrap().quota_returned, fen(33));
    assert_eq!(line.take_back(boxes(1)).unwrap().quota_returned, fen(650));
    assert_eq!(line.take_back(boxes(1)).unwrap().quota_returned, fen(650));
    assert_eq!((line.returned_fen, line.allowed_fen, line.kept_fen()), (fen(3000), fen(1033), Ok(fen(0))));
    // What was given away wholly gives nothing back.
    let mut gift = Line::place(boxes(2), fen(500), false, Ppm(0)).unwrap();
    gift.ship(boxes(2)).unwrap();
    gift.accept(boxes(1), boxes(0), false).unwrap();
    gift.allow(fen(500)).unwrap();
    assert_eq!((gift.held_fen, gift.expected_fen()), (fen(500), Ok(fen(500))));
    assert_eq!(gift.take_back(boxes(1)).unwrap().quota_returned, fen(0));
    // What comes later costs its price.
    gift.accept(boxes(1), boxes(0), false).unwrap();
    assert_eq!(gift.take_back(boxes(1)).unwrap().quota_returned, fen(500));
}

#[test]
fn a_price_changes_as_long_as_nothing_is_accepted() {
    let mut line = Line::place(kg("100"), fen(1000), true, Ppm(50_000)).unwrap();
    let moves = line.reprice(fen(900)).unwrap();
    assert_eq!((moves.quota_released, moves.ordered_lost, line.held_fen), (fen(10_500), fen(10_000), fen(94_500)));
    assert_eq!((moves.quota_held, moves.ordered_gained), (fen(0), fen(0)));
    line.short_close(kg("20")).unwrap();
    let moves = line.reprice(fen(1100)).unwrap();
    assert_eq!((moves.quota_held, moves.ordered_gained, line.held_fen), (fen(16_800), fen(16_000), fen(92_400)));
    line.ship(kg("80")).unwrap();
    line.accept(kg("0"), kg("10"), true).unwrap();
    let moves = line.reprice(fen(1000)).unwrap();
    assert_eq!((moves.quota_released, moves.ordered_lost, line.held_fen), (fen(7400), fen(8000), fen(74_000)));
    line.accept(kg("1"), kg("0"), false).unwrap();
    assert_eq!(line.reprice(fen(900)), Err(Refusal::Accepted));
    let mut closed = Line::place(boxes(1), fen(100), false, Ppm(0)).unwrap();
    closed.short_close(boxes(1)).unwrap();
    assert_eq!(closed.reprice(fen(900)), Err(Refusal::Closed));
}

#[test]
fn what_is_replaced_is_owed_as_if_it_had_never_come() {
    let mut line = Line::place(boxes(10), fen(1000), false, Ppm(0)).unwrap();
    line.ship(boxes(10)).unwrap();
    assert_eq!(line.replace(boxes(1)), Err(Refusal::Exceeds { open: boxes(0) }));
    line.accept(boxes(7), boxes(3), true).unwrap();
    assert!(line.closed);
    // Three were rejected and the line was closed: two are sent again.
    let moves = line.replace(boxes(2)).unwrap();
    assert_eq!((moves.quota_held, moves.stock_held, line.closed), (fen(2000), boxes(2), false));
    assert_eq!(
        (line.shipped, line.rejected, line.unshipped(), line.held_fen),
        (boxes(8), boxes(1), boxes(2), fen(2000))
    );
    assert_eq!(line.ship(boxes(3)), Err(Refusal::Exceeds { open: boxes(2) }));
    line.ship(boxes(2)).unwrap();
    let moves = line.accept(boxes(1), boxes(1), true).unwrap();
    assert_eq!((moves.quota_posted, moves.quota_released, line.closed), (fen(1000), fen(1000), true));
    // What is rejected again may be replaced again, and written off.
    line.replace(boxes(1)).unwrap();
    let moves = line.short_close(boxes(1)).unwrap();
    assert_eq!((moves.quota_released, moves.stock_released, line.closed), (fen(1000), boxes(1), true));
    // An open line holds what is owed once more besides.
    let mut open = Line::place(kg("100"), fen(1000), true, Ppm(50_000)).unwrap();
    open.ship(kg("50")).unwrap();
    open.accept(kg("40"), kg("10"), true).unwrap();
    let moves = open.replace(kg("10")).unwrap();
    assert_eq!((moves.quota_held, moves.stock_held, open.held_fen), (fen(10_000), kg("10"), fen(65_000)));
    // Within the tolerance no rest of a few per cent is sent.
    let mut heavy = Line::place(kg("100"), fen(1000), true, Ppm(50_000)).unwrap();
    heavy.ship(kg("100")).unwrap();
    heavy.accept(kg("97"), kg("3"), true).unwrap();
    assert_eq!(heavy.replace(kg("3")), Err(Refusal::Delivered));
}

#[derive(Debug, Clone)]
enum Step {
    Ship(i64),
    Accept(i64, i64),
    Short(i64),
    Back(i64),
    Allow(i64),
    Price(i64),
    Again(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let amount = 0i64..6_000;
    prop_oneof![
        amount.clone().prop_map(Step::Ship),
        (amount.clone(), amount.clone()).prop_map(|(a, r)| Step::Accept(a, r / 4)),
        amount.clone().prop_map(|n| Step::Short(n / 4)),
        amount.prop_map(Step::Back),
        (0i64..60_000).prop_map(Step::Allow),
        (0i64..100_000).prop_map(Step::Price),
        (0i64..3_000).prop_map(Step::Again),
    ]
}

proptest! {
    /// Whatever happens in whatever order: nothing is created or lost, in fen and in goods.
    #[test]
    fn every_history_balances(
        quantity in 1i64..10_000, price in 0i64..100_000, weighed: bool, tolerance in 0i64..200_000,
        steps in prop::collection::vec(step(), 0..30)
    ) {
        let unit = |n: i64| Quantity::from_milli(if weighed { n } else { n / 1000 * 1000 });
        let Ok(mut line) = Line::place(unit(quantity), fen(price), weighed, Ppm(tolerance)) else { return Ok(()) };
        let (mut held, mut stock) = (line.held_fen.get(), line.stock_held().milli());
        let (mut posted, mut released, mut back, mut lost) = (0, 0, 0, 0);
        let (mut left, mut beyond, mut kept, mut again) = (0, 0, 0, 0);
        let mut facts = LineFacts::default();
        let mut ordered = line.ordered_fen().unwrap().get();
        for step in steps {
            let before = line;
            let done = match step {
                Step::Ship(n) => line.ship(unit(n)),
                Step::Accept(a, r) => line.accept(unit(a), unit(r), true),
                Step::Short(n) => line.short_close(unit(n)),
                Step::Back(n) => line.take_back(unit(n)),
                Step::Allow(n) => line.allow(fen(n)),
                Step::Price(n) => line.reprice(fen(n)),
                Step::Again(n) => line.replace(unit(n)),
            };
            let Ok(moves) = done else { line = before; continue };
            held += moves.quota_held.get();
            stock += moves.stock_held.milli();
            again += before.rejected.milli() - line.rejected.milli().min(before.rejected.milli());
            ordered += moves.ordered_gained.get();
            for part in [moves.quota_posted, moves.quota_released, moves.quota_returned, moves.ordered_lost,
                moves.quota_held, moves.ordered_gained] {
                prop_assert!(part.get() >= 0, "{moves:?}");
            }
            for part in [moves.stock_posted, moves.stock_beyond, moves.stock_released, moves.stock_held] {
                prop_assert!(part.milli() >= 0, "{moves:?}");
            }
            posted += moves.quota_posted.get();
            released += moves.quota_released.get();
            back += moves.quota_returned.get();
            lost += moves.ordered_lost.get();
            left += moves.stock_posted.milli();
            beyond += moves.stock_beyond.milli();
            kept += moves.stock_released.milli();
            prop_assert_eq!(held, posted + released + line.held_fen.get());
            prop_assert_eq!(stock, left + kept + line.stock_held().milli());
            prop_assert_eq!(left + beyond, line.shipped.milli() + again);
            prop_assert_eq!(posted, line.accepted.price(line.unit_price).unwrap().get());
            prop_assert_eq!(back, line.returned_fen.get());
            prop_assert!(line.held_fen.get() >= 0 && line.returned_fen <= line.accepted_fen);
            prop_assert_eq!(ordered, lost + line.ordered_fen().unwrap().get());
            prop_assert!(!line.closed || line.undecided().is_zero());
            // Told once more by the sums of its facts it is the same line.
            facts.decided |= line.accepted != before.accepted || line.rejected != before.rejected || line.short_closed != before.short_closed;
            let allowed = line.allowed_fen.minus(before.allowed_fen).unwrap();
            facts.allowed_fen = line.allowed_fen;
            facts.returned_fen = facts.returned_fen.plus(moves.quota_returned).unwrap().minus(allowed).unwrap();
            let Line { shipped, accepted, rejected, returned, short_closed, .. } = line;
            facts = LineFacts { shipped, accepted, rejected, returned, short_closed, ..facts };
            prop_assert_eq!(line.of_facts(&facts), Ok(line));
            if line.returned == line.accepted { prop_assert_eq!(line.returned_fen, line.accepted_fen); }
        }
    }
}
