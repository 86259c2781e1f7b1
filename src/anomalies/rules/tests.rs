//! Tables of what is unusual and what is not.

use super::decision::Refusal;
use super::*;
use crate::kernel::error::Language;

fn goods(product: u8, kilograms: i64, price: i64, unit_grams: i64) -> Goods {
    let milligrams = i128::from(kilograms) * 1_000_000;
    Goods { product: ProductId([product; 16]), milligrams, unit_price: Fen::new(price), unit_grams }
}

fn day(day: i8) -> Day {
    Day::ymd(2021, 3, day)
}

#[test]
fn ten_times_the_last_quantity_is_a_slip() {
    for (last, this, factor, slips) in [
        (5, 50, 10, true),
        (5, 49, 10, false),
        (5, 500, 10, true),
        (50, 5, 10, false),
        (5, 50, 0, false),
        (0, 5, 10, false),
    ] {
        let (last, this) = (goods(1, last, 100, 1000), goods(1, this, 100, 1000));
        assert_eq!(quantity_slipped(&last, &this, factor), slips, "{last:?} {this:?} {factor}");
    }
}

#[test]
fn prices_are_compared_by_weight_both_ways() {
    for ((last, last_grams), (this, this_grams), slips) in [
        ((1_000, 1_000), (10_000, 1_000), true),
        ((1_000, 1_000), (9_999, 1_000), false),
        ((10_000, 1_000), (1_000, 1_000), true),
        ((10_000, 1_000), (1_001, 1_000), false),
        // A box of ten kilograms costs ten times one of a kilogram.
        ((1_000, 1_000), (10_000, 10_000), false),
        ((1_000, 1_000), (5_000, 500), true),
        ((0, 1_000), (5_000, 500), false),
    ] {
        let (last, this) = (goods(1, 1, last, last_grams), goods(1, 1, this, this_grams));
        assert_eq!(price_slipped(&last, &this, 10), slips, "{last:?} {this:?}");
        assert!(!price_slipped(&last, &this, 0));
    }
}

#[test]
fn a_price_is_unusual_far_above_and_far_below_the_median() {
    let twice = Ppm(2_000_000);
    for (price, median, factor, is) in [
        (2_000, 1_000, twice, false),
        (2_001, 1_000, twice, true),
        (500, 1_000, twice, false),
        (499, 1_000, twice, true),
        (9_000, 0, twice, false),
        (9_000, 1_000, Ppm(0), false),
    ] {
        assert_eq!(unusual(Fen::new(price), Fen::new(median), factor), is, "{price} {median} {factor:?}");
    }
}

#[test]
fn one_day_needs_all_four_steps() {
    let (then, later) = (day(1).start(), day(2).start());
    for (accepted, paid, rated, is) in [
        (vec![then], vec![then], Some(then), true),
        (vec![later], vec![then], Some(then), false),
        (vec![then], vec![later], Some(then), false),
        (vec![then], vec![then], Some(later), false),
        (vec![then], vec![then], None, false),
        (vec![], vec![then], Some(then), false),
        (vec![then, later], vec![later, then], Some(then), true),
    ] {
        assert_eq!(same_day(day(1), &accepted, &paid, rated), is, "{accepted:?} {paid:?} {rated:?}");
    }
}

#[test]
fn hands_are_told_apart() {
    let who = |n: u8| UserId([n; 16]);
    let at = |n: i8| day(n).start();
    assert!(orderer_accepted(who(1), &[(who(2), at(1)), (who(1), at(1))]));
    assert!(!orderer_accepted(who(1), &[(who(2), at(1))]));
    assert_eq!(acceptor_paid(&[(who(2), at(1))], &[(who(3), at(2))]), None);
    // At the later of the two steps, of several pairs the first.
    assert_eq!(acceptor_paid(&[(who(2), at(3))], &[(who(2), at(2)), (who(2), at(5))]), Some(at(3)));
}

#[test]
fn a_share_counts_from_a_spending_on() {
    let (half, least) = (Ppm(500_000), Fen::new(1_000));
    for (part, whole, is) in
        [(501, 1_000, true), (500, 1_000, false), (999, 999, false), (1_000, 1_000, true), (0, 0, false)]
    {
        assert_eq!(above_share(Fen::new(part), Fen::new(whole), half, least), is, "{part} {whole}");
    }
    assert!(!above_share(Fen::new(9), Fen::new(9), half, Fen::new(10)));
    assert!(!above_share(Fen::new(0), Fen::new(0), half, Fen::ZERO));
    assert!(!above_share(Fen::new(9_999), Fen::new(9_999), Ppm(0), least));
}

/// The numbers of the orders of each group, by orders `(day, fen, product)`.
fn split(orders: &[(i8, i64, u8)]) -> Vec<Vec<u8>> {
    let placed: Vec<Placed> = (1..)
        .zip(orders)
        .map(|(n, (d, fen, product))| {
            let (order, amount) = (OrderId([n; 16]), Fen::new(*fen));
            Placed { order, day: day(*d), amount, goods: vec![goods(*product, 1, 1, 1)] }
        })
        .collect();
    let found = splits(&placed, 3, Fen::new(1_000));
    found.into_iter().map(|one| one.orders.into_iter().map(|order| order.0[0]).collect()).collect()
}

#[test]
fn orders_are_split_that_reach_the_band_together() {
    let none: Vec<Vec<u8>> = Vec::new();
    assert_eq!(split(&[(1, 600, 1), (2, 400, 1)]), [[1, 2]]);
    assert_eq!(split(&[(1, 600, 1), (2, 399, 1)]), none);
    assert_eq!(split(&[(1, 600, 1), (3, 600, 1)]), [[1, 2]]);
    assert_eq!(split(&[(1, 600, 1), (4, 600, 1)]), none);
    // Other goods, and an order that went through the approval.
    assert_eq!(split(&[(1, 600, 1), (2, 600, 2)]), none);
    assert_eq!(split(&[(1, 1_000, 1), (2, 600, 1)]), none);
    // The second and the third, where the first is too far away.
    assert_eq!(split(&[(1, 300, 1), (3, 500, 1), (4, 500, 1)]), [[2, 3]]);
    // An order belongs to one group.
    assert_eq!(split(&[(1, 600, 1), (2, 600, 1), (3, 600, 1), (4, 600, 1)]), [[1, 2, 3]]);
    assert_eq!(split(&[(1, 600, 1), (1, 600, 1), (10, 600, 1), (11, 600, 1)]), [[1, 2], [3, 4]]);
    assert_eq!(splits(&[], 3, Fen::new(1_000)), []);
}

#[test]
fn nearly_the_same_has_the_same_goods() {
    let tenth = Ppm(100_000);
    let one = [goods(1, 10, 1, 1), goods(2, 5, 1, 1)];
    assert!(similar(&one, &[goods(2, 5, 1, 1), goods(1, 9, 1, 1)], tenth));
    assert!(!similar(&one, &[goods(2, 5, 1, 1), goods(1, 8, 1, 1)], tenth));
    assert!(!similar(&one, &[goods(1, 10, 1, 1)], tenth));
    assert!(!similar(&[goods(1, 10, 1, 1)], &one, tenth));
    assert!(!similar(&[], &[], tenth));
    // The lines of one product are added up.
    assert!(similar(&[goods(1, 10, 1, 1)], &[goods(1, 5, 1, 1), goods(1, 5, 1, 1)], Ppm(0)));
}

#[test]
fn exactly_the_declared_output_is_not_above_it() {
    assert!(!above_output(5_000, 5));
    assert!(above_output(5_001, 5));
}

#[test]
fn an_anomaly_is_decided_once_and_by_nobody_concerned() {
    use AnomalyRuling as R;
    use AnomalyState as S;
    for (state, ruling, party, want) in [
        (S::Open, R::Explain, false, Ok(S::Explained)),
        (S::Open, R::Dismiss, false, Ok(S::Dismissed)),
        (S::Open, R::Dismiss, true, Err(Refusal::Party)),
        (S::Explained, R::Dismiss, false, Err(Refusal::Decided(S::Explained))),
        (S::Dismissed, R::Dismiss, false, Err(Refusal::Decided(S::Dismissed))),
    ] {
        assert_eq!(decided(state, ruling, party), want, "{state} {ruling} {party}");
    }
}

#[test]
fn reasons_say_the_numbers() {
    let words =
        Words { name: "滩羊", value: 62_500, compared: 100_000, threshold: 500_000, counted: 3, ..Words::default() };
    for kind in AnomalyKind::ALL {
        let message = reason(*kind, &words);
        assert!(
            !message.zh.is_empty() && message.text(Language::English).is_ascii() != message.en.contains("滩羊"),
            "{kind}"
        );
    }
    let share = reason(AnomalyKind::SupplierShare, &words);
    assert_eq!(share.zh, "一家供应商 625.00 元，占单位年度采购额 1000.00 元的 62.5%，超过 50%");
    let low = Words { value: 400, compared: 1_000, threshold: 2_000_000, ..words };
    let low = reason(AnomalyKind::UnusualPrice, &low).zh;
    assert_eq!(low, "“滩羊”每公斤 4.00 元，低于同类商品（3 个价格）中位价 10.00 元的 50%");
    let slip = Words { value: 50_000, compared: 5_000, threshold: 10, ..words };
    assert!(reason(AnomalyKind::QuantitySlip, &slip).en.contains("50 kg now, 5 kg the last time"));
}
