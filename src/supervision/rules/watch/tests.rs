//! Tables of the price watch.

use super::*;

fn fen(list: &[i64]) -> Vec<Fen> {
    list.iter().copied().map(Fen::new).collect()
}

fn goods(listing: u8, supplier: u8, county: &str, per_kg: i64) -> PricedGoods {
    PricedGoods {
        listing: ListingId([listing; 16]),
        supplier: OrgId([supplier; 16]),
        category: Category::Meat,
        mark: Mark::None,
        county: county.parse().unwrap(),
        per_kg: Fen::new(per_kg),
    }
}

#[test]
fn the_median_is_exact() {
    let table: [(&[i64], Option<i64>); 7] = [
        (&[], None),
        (&[7], Some(7)),
        (&[1, 2], Some(2)),
        (&[1, 3], Some(2)),
        (&[1, 2, 100], Some(2)),
        (&[1, 2, 5, 100], Some(4)),
        (&[i64::MAX - 1, i64::MAX], Some(i64::MAX)),
    ];
    for (prices, expected) in table {
        assert_eq!(median(&fen(prices)), expected.map(Fen::new), "{prices:?}");
    }
}

#[test]
fn a_price_is_too_high_from_the_next_fen_on() {
    for (price, too_high) in [(1500, false), (1501, true), (1, false)] {
        assert_eq!(above(Fen::new(price), Fen::new(1000), Ppm(1_500_000)), too_high, "{price}");
    }
}

#[test]
fn like_goods_are_of_others_in_the_prefecture_or_else_the_province() {
    let near = |n: u8, price| goods(n, n, "640323", price);
    let far = |n: u8, price| goods(n, n, "640522", price);
    let other = PricedGoods { mark: Mark::Green, ..near(9, 9) };
    let fruit = PricedGoods { category: Category::Fruit, ..near(10, 9) };
    let all =
        LikeGoods::new(vec![near(1, 5000), near(2, 1000), near(2, 1000), near(3, 1200), far(4, 1400), other, fruit]);
    let compared = |least| all.compare(&near(1, 5000), least);
    let region = |code: &str| code.parse().unwrap();
    assert_eq!(compared(2), Some(Compared { region: region("640300"), median: Fen::new(1100), goods: 2 }));
    assert_eq!(compared(3), Some(Compared { region: region("640000"), median: Fen::new(1200), goods: 3 }));
    assert_eq!(compared(4), None);
    // Another's goods are compared with the first one's too.
    assert_eq!(all.compare(&near(2, 1000), 2).unwrap().median, Fen::new(3100));
    let medians: Vec<_> =
        all.medians().into_iter().map(|m| (m.mark, m.region.to_string(), m.goods, m.median.get())).collect();
    assert!(medians.contains(&(Mark::None, "640300".to_owned(), 3, 1200)), "{medians:?}");
    assert!(medians.contains(&(Mark::Green, "640300".to_owned(), 1, 9)), "{medians:?}");
}

#[test]
fn a_listing_with_two_prices_is_one_of_the_goods() {
    let all =
        LikeGoods::new(vec![goods(1, 1, "640323", 5000), goods(2, 2, "640323", 1000), goods(2, 2, "640323", 1200)]);
    let compared = all.compare(&goods(1, 1, "640323", 5000), 1).unwrap();
    assert_eq!((compared.median, compared.goods), (Fen::new(1100), 1));
    assert_eq!(all.compare(&goods(1, 1, "640323", 5000), 2), None);
}

#[test]
fn what_says_a_weight_is_brought_to_grams() {
    let table = [
        ("500克", Some(500)),
        ("斤", Some(500)),
        ("1 公斤", Some(1000)),
        ("2.5kg", Some(2500)),
        ("/千克", Some(1000)),
        ("0.0005克", None),
        ("0.5克", None),
        ("箱", None),
        ("5斤装", None),
        ("-1克", None),
        ("0克", None),
    ];
    for (unit, grams) in table {
        assert_eq!(grams_of(unit), grams, "{unit}");
    }
}

#[test]
fn what_settles_an_alert() {
    use PriceReason::{AboveEvidence, AboveMedian};
    let compared = |median| Some(Compared { region: "640300".parse().unwrap(), median: Fen::new(median), goods: 5 });
    let offer = |per_kg, compared, declared: Option<(i64, i64)>| OfferNow {
        per_kg: Fen::new(per_kg),
        declared: declared.map(|(like, at)| Declared { per_kg: Fen::new(like), at: At(at) }),
        compared,
        factor: Ppm(1_500_000),
    };
    // Raised at 10 about a price of 2000.
    let table = [
        (AboveMedian, offer(2000, compared(1000), None), None),
        (AboveMedian, offer(1500, compared(1000), None), Some(SettledBy::Price)),
        (AboveMedian, offer(1600, compared(1000), None), None),
        (AboveMedian, offer(2000, compared(1400), None), Some(SettledBy::LikeGoods)),
        (AboveMedian, offer(2000, None, None), Some(SettledBy::LikeGoods)),
        (AboveMedian, offer(2000, compared(1000), Some((2000, 11))), Some(SettledBy::Evidence)),
        (AboveMedian, offer(2000, compared(1000), Some((2000, 9))), None),
        (AboveMedian, offer(2000, compared(1000), Some((1999, 11))), None),
        (AboveEvidence, offer(2000, None, Some((1800, 5))), None),
        (AboveEvidence, offer(1800, None, Some((1800, 5))), Some(SettledBy::Price)),
        (AboveEvidence, offer(2000, None, Some((2100, 11))), Some(SettledBy::Evidence)),
    ];
    for (n, (reason, now, expected)) in table.into_iter().enumerate() {
        assert_eq!(settled(reason, Fen::new(2000), At(10), Some(&now)), expected, "{n}");
    }
    assert_eq!(settled(AboveMedian, Fen::new(2000), At(10), None), Some(SettledBy::Withdrawn));
}

#[test]
fn words_carry_the_figures() {
    let (zh, en) = price_words(PriceReason::AboveMedian, Fen::new(2000), Fen::new(1000), Ppm(1_500_000), 5);
    assert_eq!(zh, "每公斤 20.00 元，高于同类商品（5 件）中位价 10.00 元的 150%");
    assert_eq!(en, "20.00 yuan a kilogram is above 150% the median 10.00 of 5 like goods");
}
