//! Random histories of call-offs, answers, deliveries and amendments against a naive model of what is used.

use super::{Schools, answer, called, figures, nothing_overdrawn};
use crate::ordering::verified;
use crate::payments::url;
use crate::support::TestApp;
use crate::support::market::{Market, confirm};
use serde_json::json;

/// A small generator, so that a failing history can be run again by its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((self.0 >> 33) % u64::try_from(below).unwrap()).unwrap()
    }
}

/// What the model knows of a call-off: boxes that are used, and how far it has come.
struct Called {
    id: String,
    school: usize,
    boxes: i64,
    used: i64,
    state: char,
}

struct Model {
    quantity: i64,
    each: i64,
    revision: i64,
    calls: Vec<Called>,
}

impl Model {
    fn used(&self, school: Option<usize>) -> i64 {
        self.calls.iter().filter(|call| school.is_none_or(|s| s == call.school)).map(|call| call.used).sum()
    }
    fn left(&self, school: usize) -> i64 {
        (self.quantity - self.used(None)).min(self.each - self.used(Some(school))).max(0)
    }
}

on_both! {
    async fn random_call_offs_equal_a_naive_model(app) {
        for seed in 1..=3 {
            history(app, seed).await;
        }
        nothing_overdrawn(app).await;
        verified(app).await;
    }
}

async fn history(app: &TestApp, seed: u64) {
    let schools = Schools::open(app, false).await;
    let path = schools.agreed(schools.proposal("30", Some("20"))).await;
    let markets = [&schools.a, &schools.b];
    let mut model = Model { quantity: 30, each: 20, revision: 1, calls: Vec::new() };
    let mut dice = Dice(seed);
    for step in 0..60 {
        let at = usize::try_from(dice.roll(2)).unwrap();
        match dice.roll(4) {
            0 | 1 => call(&schools, &path, &mut model, (at, 1 + dice.roll(9))).await,
            2 if !model.calls.is_empty() => {
                let index = usize::try_from(dice.roll(i64::try_from(model.calls.len()).unwrap())).unwrap();
                let school = markets[model.calls[index].school];
                advance(&schools, school, &mut model.calls[index], &mut dice).await;
            }
            _ => amend(&schools, &path, &mut model, 20 + dice.roll(30), 10 + dice.roll(20)).await,
        }
        let want = (model.used(None).to_string(), (model.quantity - model.used(None)).max(0).to_string());
        assert_eq!(figures(&schools.head, &path).await, want, "seed {seed} step {step}");
        for (n, market) in markets.iter().enumerate() {
            let want = (model.used(Some(n)).to_string(), model.left(n).to_string());
            assert_eq!(figures(&market.trader, &path).await, want, "seed {seed} step {step} school {n}");
        }
    }
}

async fn call(schools: &Schools, path: &str, model: &mut Model, (at, boxes): (usize, i64)) {
    let school = if at == 0 { &schools.a } else { &schools.b };
    let ask = called(&school.trader, path, &boxes.to_string());
    if boxes > model.left(at) {
        ask.refused("quantity_exceeded").await;
        return;
    }
    let id = ask.expect(201).await.str("/orders/0/id");
    model.calls.push(Called { id, school: at, boxes, used: boxes, state: 'p' });
}

/// A step of an order: cancelled, declined, confirmed; then shipped in part, and what came accepted, rejected, the rest written off.
async fn advance(schools: &Schools, school: &Market, call: &mut Called, dice: &mut Dice) {
    match (call.state, dice.roll(3)) {
        ('p', 0) => {
            let body = json!({ "reason": "不要了" });
            school.trader.post(&url(&call.id, "cancellations"), body).expect(200).await;
            (call.state, call.used) = ('x', 0);
        }
        ('p', 1) => {
            schools.seller().post(&url(&call.id, "declines"), json!({ "reason": "售罄" })).expect(200).await;
            (call.state, call.used) = ('x', 0);
        }
        ('p', _) => {
            confirm(schools.seller(), &call.id).expect(200).await;
            call.state = 'c';
        }
        ('c', _) => {
            let shipped = 1 + dice.roll(call.boxes);
            let good = dice.roll(shipped + 1);
            let lines = json!({ "lines": [{ "line_no": 1, "lot": "A1", "quantity": shipped.to_string() }] });
            schools.seller().post(&url(&call.id, "shipments"), lines).expect(201).await;
            school.accept(&call.id, &[(1, &good.to_string(), &(shipped - good).to_string())]).await;
            call.used = call.boxes - (shipped - good);
            call.state = if shipped == call.boxes { 'x' } else { 's' };
        }
        ('s', _) => {
            let body = json!({ "reason": "无货", "lines": [{ "line_no": 1 }] });
            schools.seller().post(&url(&call.id, "short-closures"), body).expect(201).await;
            let order = school.trader.get(&format!("/api/v1/orders/{}", call.id)).expect(200).await;
            call.used = order.str("/lines/0/accepted").parse().unwrap();
            call.state = 'x';
        }
        _ => {}
    }
}

/// Other limits: taken as long as they keep what is used.
async fn amend(schools: &Schools, path: &str, model: &mut Model, quantity: i64, each: i64) {
    if (quantity, each) == (model.quantity, model.each) {
        return;
    }
    let line =
        json!({ "line_no": 1, "quantity": quantity.to_string(), "unit_quantity": each.min(quantity).to_string() });
    let body = json!({ "revision": model.revision, "reason": "调整", "number": "补", "lines": [line] });
    let ask = schools.head.post(&format!("{path}/amendments"), body);
    let most = model.used(Some(0)).max(model.used(Some(1)));
    if model.used(None) > quantity || most > each {
        ask.refused("quantity_exceeded").await;
        return;
    }
    ask.expect(201).await;
    let revision = schools.head.get(path).expect(200).await.json()["revisions"].as_array().unwrap().len();
    let revision = i64::try_from(revision).unwrap();
    answer(schools.seller(), path, revision, "accept").expect(200).await;
    (model.quantity, model.each, model.revision) = (quantity, each.min(quantity), revision);
}
