//! The year as it is planned: every state occurs, amounts lie where they do in life, every run is the same.

use super::*;
use crate::kernel::money::Fen;
use std::collections::{BTreeMap, HashSet};

const SMALL: Scale = Scale { suppliers: 5, units: 8, orders: 60 };

fn planned(scale: Scale) -> (World, Year) {
    let world = World::load(scale).unwrap();
    let year = Year::of(&world, scale);
    (world, year)
}

fn fates(year: &Year) -> BTreeMap<Fate, usize> {
    let mut counts = BTreeMap::new();
    for order in year.requests.iter().flat_map(|r| &r.orders) {
        *counts.entry(order.fate).or_default() += 1;
    }
    counts
}

#[test]
fn every_run_is_the_same() {
    let (_, first) = planned(SMALL);
    assert_eq!(first, planned(SMALL).1);
}

#[test]
fn every_fate_and_refusal_occurs_at_both_scales() {
    for (scale, least, most) in [(Scale::FULL, 5_000, 6_000), (SMALL, 60, 130)] {
        let (_, year) = planned(scale);
        let counts = fates(&year);
        let orders: usize = counts.values().sum();
        assert!((least..most).contains(&orders), "{orders}");
        assert!(Fate::ALL.iter().all(|fate| counts.contains_key(fate)), "{counts:?}");
        for why in [Why::OverCeiling, Why::OutOfStock] {
            assert!(year.refused.iter().any(|r| r.why == why), "{why:?} at {scale:?}");
        }
        let steps = year.requests.iter().flat_map(|r| &r.orders).flat_map(|o| &o.steps);
        assert!(steps.clone().any(|s| matches!(s.what, What::AcceptBySamePerson(_))));
        assert!(steps.clone().all(|s| s.at < moment(Day::ymd(END.0, END.1, END.2), 1_439)));
    }
}

#[test]
fn the_canteen_with_a_login_has_every_kind_of_order() {
    for scale in [Scale::FULL, SMALL] {
        let (_, year) = planned(scale);
        let standing = year.standing.as_ref().unwrap();
        let own = year.requests.iter().filter(|r| r.buyer == standing.buyer);
        let ends = |by_standing| {
            own.clone().filter(move |r| r.by_standing == by_standing).flat_map(|r| &r.orders).map(|o| o.fate)
        };
        assert_eq!(ends(true).count(), 7);
        assert!([Fate::ShortClosed, Fate::Rejected].iter().all(|fate| ends(true).any(|end| end == *fate)), "{scale:?}");
        assert!(ends(false).any(|end| end == Fate::Returned), "{scale:?}");
    }
}

#[test]
fn references_are_unique_and_steps_run_forward() {
    let (_, year) = planned(Scale::FULL);
    let mut seen = HashSet::new();
    for request in &year.requests {
        assert!(seen.insert((request.buyer, request.client_ref.clone())));
        for order in &request.orders {
            let mut last = request.placed;
            for step in &order.steps {
                assert!(step.at > last, "{request:?}");
                last = step.at;
            }
        }
    }
}

#[test]
fn no_product_is_planned_beyond_its_stock_or_out_of_season() {
    for scale in [Scale::FULL, SMALL] {
        let (world, year) = planned(scale);
        let mut taken = vec![0; world.products.len()];
        for request in &year.requests {
            for line in request.orders.iter().flat_map(|o| &o.lines) {
                taken[line.product] += line.quantity.milli();
                assert!(world.products[line.product].months.contains(&request.placed.day().month_number()));
                assert!(world.products[line.product].weighed || line.quantity.is_whole());
            }
        }
        assert!(taken.iter().zip(&world.products).all(|(t, p)| *t <= p.stock.milli()));
    }
}

#[test]
fn canteens_end_near_what_they_reserved_and_some_have_not_begun() {
    let (world, year) = planned(Scale::FULL);
    let (mut in_band, mut idle, mut all) = (0, 0, 0);
    let (mut done, mut reserved) = (0, 0);
    for filing in year.filings.iter().filter(|f| f.ratio.0 > 0) {
        let wanted = world.units[filing.unit].canteen_total_fen.share_half_up(filing.ratio).unwrap().get();
        let own = year.requests.iter().filter(|r| r.unit == filing.unit && r.fund == Fund::Canteen);
        let completed: i64 = own.flat_map(|r| &r.orders).map(|o| demand::completes(&world, o)).sum();
        all += 1;
        idle += usize::from(completed == 0);
        in_band += usize::from((wanted * 6 / 10..=wanted * 11 / 10).contains(&completed));
        done += completed;
        reserved += wanted;
    }
    assert!(in_band * 10 > all * 6 && (4..30).contains(&idle), "{in_band} {idle} {all}");
    assert!((70..100).contains(&(done * 100 / reserved)), "{done} of {reserved}");
}

#[test]
fn amounts_are_those_of_real_orders() {
    let (world, year) = planned(Scale::FULL);
    let value = |request: &Request| {
        let lines = request.orders.iter().flat_map(|o| &o.lines);
        lines.map(|l| l.quantity.price(world.products[l.product].price).map_or(0, Fen::get)).sum::<i64>()
    };
    let usual: Vec<i64> =
        year.requests.iter().filter(|r| r.purpose != Purpose::PurchaseForDonation).map(value).collect();
    let inside = usual.iter().filter(|v| (100_000..=1_000_000).contains(*v)).count();
    assert!(inside * 100 > usual.len() * 90 && usual.iter().all(|v| *v <= 1_000_000));
    let given = year.requests.iter().filter(|r| r.purpose == Purpose::PurchaseForDonation).count();
    assert!(given >= 40, "{given}");
    let suppliers: HashSet<usize> = year.requests.iter().flat_map(|r| &r.orders).map(|o| o.supplier).collect();
    assert!(suppliers.len() > 100, "{}", suppliers.len());
}
