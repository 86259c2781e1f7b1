//! Random histories of two years against a naive model to the fen: orders, acceptances, payments, refunds, ratings, amendments,
//! transfers and mergers. The model knows one number per order and one list of units; it never moves anything.

use super::{Sisters, canteen};
use crate::payments::{Till, recounted, url};
use crate::support::TestApp;
use crate::support::market::confirm;
use crate::support::people::Person;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use yigou::kernel::actor::Role;
use yigou::kernel::ids::OrgId;

/// A small generator, so that a failing history can be run again by its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
    fn pick(&mut self, of: usize) -> usize {
        usize::try_from(self.roll(of as u64)).unwrap()
    }
}

/// An order of boxes at ten yuan.
#[derive(Debug, Clone)]
struct Bought {
    id: String,
    unit: usize,
    year: i64,
    boxes: i64,
    /// The year in which it was accepted, paid, rated, as far as it was.
    accepted: Option<i64>,
    paid: Option<i64>,
    rated: Option<i64>,
    refunded: i64,
    cancelled: bool,
}

impl Bought {
    fn fen(&self) -> i64 {
        self.boxes * 1_000
    }
    /// Accepted and paid, by the year of the later of both.
    fn covered(&self) -> Option<(i64, i64)> {
        Some((self.accepted?.max(self.paid?), self.fen() - self.refunded))
    }
}

struct Model {
    units: Vec<Till>,
    ids: Vec<OrgId>,
    /// Into whom a unit was merged, and in which year.
    merged: BTreeMap<usize, (i64, usize)>,
    /// Total and reserve of a unit-year.
    plans: BTreeMap<(usize, i64), (i64, i64)>,
    orders: Vec<Bought>,
    year: i64,
}

impl Model {
    /// Who has a unit's year: followed link by link, anew each time.
    fn holder(&self, unit: usize, year: i64) -> usize {
        match self.merged.get(&unit) {
            Some((since, into)) if *since <= year => self.holder(*into, year),
            _ => unit,
        }
    }
    fn standing(&self) -> Vec<usize> {
        (0..self.units.len()).filter(|unit| !self.merged.contains_key(unit)).collect()
    }
    fn sum(&self, unit: usize, year: i64, of: impl Fn(&Bought) -> Option<(i64, i64)>) -> i64 {
        let counts = |order: &&Bought| of(order).is_some_and(|(y, _)| y == year && self.holder(order.unit, y) == unit);
        self.orders.iter().filter(counts).filter_map(&of).map(|(_, fen)| fen).sum()
    }
    /// Reserve; ordered, accepted and paid, completed; held and posted of the current year.
    fn expected(&self, unit: usize, year: i64) -> [i64; 4] {
        let reserved =
            if self.holder(unit, year) == unit { self.plans.get(&(unit, year)).map_or(0, |plan| plan.1) } else { 0 };
        [
            reserved,
            self.sum(unit, year, |o| (!o.cancelled).then(|| (o.year, o.fen()))),
            self.sum(unit, year, Bought::covered),
            self.sum(unit, year, |o| o.rated.and_then(|rated| o.covered().map(|(y, fen)| (y.max(rated), fen)))),
        ]
    }
    fn held(&self, unit: usize) -> [i64; 2] {
        let year = self.year;
        let open = |o: &Bought| (!o.cancelled && o.accepted.is_none()).then(|| (year, o.fen()));
        [self.sum(unit, year, open), self.sum(unit, year, |o| o.accepted.map(|y| (y, o.fen())))]
    }
}

on_both! {
    async fn random_mergers_equal_a_naive_model(app) {
        let mut bureau = None;
        for seed in 1..=3 {
            app.clock.set_day("2021-03-01");
            history(app, seed, &mut bureau).await;
        }
        recounted(app).await;
    }
}

async fn history(app: &TestApp, seed: u64, bureau: &mut Option<Person>) {
    let opened = Sisters::open(app).await;
    // The first bureau of a region is the one that decides.
    let sisters = Sisters { bureau: bureau.get_or_insert(opened.bureau.clone()).clone(), ..opened };
    let mut units = vec![sisters.a.clone(), sisters.b.clone()];
    for _ in 0..2 {
        let market = sisters.a.market.of_unit(app).await;
        app.supervise(market.trader.org_id, sisters.head.org_id).await;
        units.push(Till { market, ..sisters.a.clone() }.paid_by_its_unit(app).await);
    }
    let ids = units.iter().map(Till::unit).collect();
    let (merged, plans, orders) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    let mut model = Model { units, ids, merged, plans, orders, year: 2021 };
    let mut dice = Dice(seed);
    for unit in 0..4 {
        plan(app, &sisters, &mut model, unit, &mut dice).await;
    }
    for turn in 0..44 {
        if turn == 24 {
            app.clock.set_day("2022-03-01");
            model.year = 2022;
            app.write(|tx| yigou::ledger::carry_year(tx, 10_000)).await.unwrap();
            for unit in model.standing() {
                plan(app, &sisters, &mut model, unit, &mut dice).await;
            }
        }
        step(app, &sisters, &mut model, &mut dice).await;
        compare(&sisters, &model, seed, turn).await;
    }
    recounted(app).await;
}

async fn plan(app: &TestApp, sisters: &Sisters, model: &mut Model, unit: usize, dice: &mut Dice) {
    let total = 60_000 + i64::try_from(dice.roll(40_000)).unwrap();
    sisters.plan(app, model.ids[unit], model.year, total, 150_000).await;
    model.plans.insert((unit, model.year), (total, (total * 150_000 + 500_000) / 1_000_000));
}

async fn step(app: &TestApp, sisters: &Sisters, model: &mut Model, dice: &mut Dice) {
    let standing = model.standing();
    let year = model.year;
    match dice.roll(12) {
        0..=3 => place(model, standing[dice.pick(standing.len())], 1 + i64::try_from(dice.roll(3)).unwrap()).await,
        4 if standing.len() > 1 && dice.roll(2) == 0 => {
            let (from, into) = (standing[dice.pick(standing.len())], standing[dice.pick(standing.len())]);
            if from != into {
                merge(app, sisters, model, from, into).await;
            }
        }
        5 if standing.len() > 1 => {
            let (giver, taker) = (standing[dice.pick(standing.len())], standing[dice.pick(standing.len())]);
            transfer(sisters, model, giver, taker, i64::try_from(dice.roll(4_000)).unwrap() + 1).await;
        }
        6 => amend(app, sisters, model, standing[dice.pick(standing.len())], dice).await,
        _ if !model.orders.is_empty() => {
            let chosen = dice.pick(model.orders.len());
            let till = model.units[model.orders[chosen].unit].clone();
            fact(&till, &mut model.orders[chosen], year, dice).await;
        }
        _ => {}
    }
}

async fn place(model: &mut Model, unit: usize, boxes: i64) {
    let till = &model.units[unit];
    let [held, posted] = model.held(unit);
    let fits = model.plans.get(&(unit, model.year)).is_none_or(|plan| held + posted + boxes * 1_000 <= plan.0);
    let mut body = till.market.order(&[(till.goods, &boxes.to_string())]);
    body["deliveries"][0]["date"] = json!("2022-12-31");
    let answer = till.market.trader.post("/api/v1/orders", body).send().await;
    assert_eq!(answer.status == 201, fits, "{} {held} {posted} {boxes}", answer.text());
    if !fits {
        return;
    }
    let id = answer.str("/orders/0/id");
    confirm(till.seller(), &id).expect(200).await;
    let year = model.year;
    model.orders.push(Bought {
        id,
        unit,
        year,
        boxes,
        accepted: None,
        paid: None,
        rated: None,
        refunded: 0,
        cancelled: false,
    });
}

/// The next fact of an order, or its end, recorded by the people of the unit that placed it.
async fn fact(till: &Till, order: &mut Bought, year: i64, dice: &mut Dice) {
    if order.cancelled {
        return;
    }
    let (seller, boxes) = (till.seller(), order.boxes.to_string());
    match dice.roll(4) {
        0 if order.accepted.is_none() && order.paid.is_none() && dice.roll(3) == 0 => {
            let body = json!({ "reason": "chance", "lines": [{ "line_no": 1, "quantity": boxes }] });
            seller.post(&url(&order.id, "short-closures"), body).expect(201).await;
            order.cancelled = true;
        }
        0 | 1 if order.accepted.is_none() => {
            let body = json!({ "lines": [{ "line_no": 1, "lot": "A", "quantity": boxes }] });
            seller.post(&url(&order.id, "shipments"), body).expect(201).await;
            till.market.accept(&order.id, &[(1, &boxes, "0")]).await;
            order.accepted = Some(year);
        }
        2 if order.paid.is_none() => {
            till.pay(&order.id, order.fen()).await;
            order.paid = Some(year);
        }
        3 if order.rated.is_none() && order.covered().is_some() => {
            till.rate(&order.id).await;
            order.rated = Some(year);
        }
        _ if order.rated.is_some_and(|rated| rated == year) && order.covered().is_some_and(|(y, _)| y == year) => {
            let fen = 1 + i64::try_from(dice.roll(150)).unwrap();
            if order.fen() - order.refunded > fen {
                till.refund(&order.id, fen).await;
                order.refunded += fen;
            }
        }
        _ => {}
    }
}

async fn merge(app: &TestApp, sisters: &Sisters, model: &mut Model, from: usize, into: usize) {
    let day = app.ctx().at.day().to_string();
    sisters.merge(model.ids[from], model.ids[into], &day).await;
    if let Some((total, reserved)) = model.plans.remove(&(from, model.year)) {
        let plan = model.plans.entry((into, model.year)).or_insert((0, 0));
        *plan = (plan.0 + total, plan.1 + reserved);
    }
    model.merged.insert(from, (model.year, into));
}

async fn transfer(sisters: &Sisters, model: &mut Model, giver: usize, taker: usize, reserved: i64) {
    let total = reserved * 2;
    let body = json!({ "year": model.year, "giver_id": model.ids[giver], "taker_id": model.ids[taker], "reserved_fen": reserved,
        "total_fen": total, "reason": "chance", "document_number": "1号文" });
    let [held, posted] = model.held(giver);
    let (from, to) = (model.plans[&(giver, model.year)], model.plans[&(taker, model.year)]);
    let floor = |total: i64| (total * 100_000 + 500_000) / 1_000_000;
    let left = (from.0 - total, from.1 - reserved);
    let more = (to.0 + total, to.1 + reserved);
    let fits = giver != taker && left.1 >= floor(left.0) && more.1 >= floor(more.0) && held + posted <= left.0;
    let answer = sisters.head.post("/api/v1/quota-transfers", body).send().await;
    assert_eq!(answer.status == 201, fits, "{} {from:?} {to:?} {held} {posted}", answer.text());
    if fits {
        let path = format!("/api/v1/quota-transfers/{}/reviews", answer.id());
        sisters.bureau.post(&path, json!({ "decision": "approve" })).if_match(1).expect(200).await;
        model.plans.insert((giver, model.year), left);
        model.plans.insert((taker, model.year), more);
    }
}

async fn amend(app: &TestApp, sisters: &Sisters, model: &mut Model, unit: usize, dice: &mut Dice) {
    let total = 60_000 + i64::try_from(dice.roll(60_000)).unwrap();
    let manager = app.person(model.ids[unit], &[Role::Manager]).await;
    let plans = manager.get(&format!("/api/v1/quota-plans?year={}", model.year)).expect(200).await;
    let path = format!("/api/v1/quota-plans/{}", plans.str("/items/0/id"));
    let body = json!({ "reason": "chance", "canteen_mode": "own", "canteen": { "total_fen": total, "ratio_ppm": 150_000 }, "submit": true });
    manager.post(&format!("{path}/amendments"), body).expect(201).await;
    for reviewer in [&sisters.head, &sisters.bureau] {
        let version = reviewer.get(&path).expect(200).await.version();
        reviewer.post(&format!("{path}/reviews"), json!({ "decision": "approve" })).if_match(version).expect(200).await;
    }
    model.plans.insert((unit, model.year), (total, (total * 150_000 + 500_000) / 1_000_000));
}

async fn compare(sisters: &Sisters, model: &Model, seed: u64, turn: usize) {
    for year in 2021..=model.year {
        let path = format!("/api/v1/reports/quota-progress?year={year}&by=unit&as_of={}-03-01", model.year);
        let view = sisters.bureau.get(&path).expect(200).await.json();
        for (unit, id) in model.ids.iter().enumerate() {
            let one = |row: &&Value| row["key"] == json!(id.to_string());
            let shown = view["rows"].as_array().unwrap().iter().find(one).map_or([0; 4], super::figures);
            assert_eq!(shown, model.expected(unit, year), "seed {seed} turn {turn}: unit {unit} in {year}");
        }
    }
    for (unit, id) in model.ids.iter().enumerate() {
        let quota = sisters.quota(*id, model.year).await;
        let [held, posted] = model.held(unit);
        let plan = model.plans.get(&(unit, model.year)).map(|plan| plan.0);
        let ceiling = canteen(&quota)[2].filter(|_| !model.merged.contains_key(&unit));
        assert_eq!(
            (canteen(&quota)[0], canteen(&quota)[1], ceiling),
            (Some(held), Some(posted), plan),
            "seed {seed} turn {turn}: unit {unit}"
        );
    }
}
