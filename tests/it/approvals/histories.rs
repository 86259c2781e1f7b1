//! Random histories of orders that wait for approvals, against a naive model that only counts boxes.

use super::{Office, approve, expire, reject};
use crate::ordering::{quota, stock, verified};
use crate::payments::recounted;
use crate::support::TestApp;
use crate::support::market::confirm;
use serde_json::json;
use std::time::Duration;

/// A small generator, so that a failing history can be run again by its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % below).unwrap()
    }
}

/// An order: where it stands, its boxes, who approved in the open step, which step that is.
#[derive(Debug)]
struct Model {
    id: String,
    state: &'static str,
    boxes: i64,
    approved: Vec<usize>,
    step: usize,
}

impl Model {
    fn held(&self) -> i64 {
        if matches!(self.state, "awaiting_approval" | "placed" | "confirmed") { self.boxes } else { 0 }
    }
    /// The n-th of three managers approves, or the one above (3); whether that fits.
    fn approve(&mut self, who: usize) -> bool {
        let fits = self.state == "awaiting_approval" && (self.step == 2) == (who == 3) && !self.approved.contains(&who);
        if fits {
            self.approved.push(who);
            if self.step == 2 || (self.approved.len() == 2 && self.boxes < 50) {
                self.state = "placed";
            } else if self.approved.len() == 2 {
                (self.step, self.approved) = (2, Vec::new());
            }
        }
        fits
    }
    fn ends(&mut self, from: &str, how: &'static str) -> bool {
        let fits = self.state == from;
        if fits {
            self.state = how;
        }
        fits
    }
}

on_both! {
    async fn random_approvals_equal_a_naive_model(app) {
        let office = Office::open(app).await;
        office.enter().await;
        history(app, &office, 7).await;
        verified(app).await;
        recounted(app).await;
    }
}

async fn history(app: &TestApp, office: &Office, seed: u64) {
    let (mut dice, mut orders) = (Dice(seed), Vec::<Model>::new());
    for _ in 0..90 {
        if orders.len() < 8 && dice.roll(4) == 0 {
            let boxes = [3, 9, 10, 20, 50, 60][dice.roll(6)];
            let id = office.market.place(&[(office.goods, &boxes.to_string())]).await;
            let state = if boxes < 10 { "placed" } else { "awaiting_approval" };
            orders.push(Model { id, state, boxes, approved: Vec::new(), step: 1 });
            continue;
        }
        if orders.is_empty() {
            continue;
        }
        let chosen = dice.roll(orders.len() as u64);
        let (model, who) = (&mut orders[chosen], dice.roll(4));
        let person = office.managers.get(who).unwrap_or(&office.above);
        let reason = json!({ "reason": "chance" });
        let (ask, fits) = match dice.roll(12) {
            0 => {
                let fits = model.state == "awaiting_approval"
                    && (model.step == 2) == (who == 3)
                    && !model.approved.contains(&who);
                if fits {
                    model.state = "rejected";
                }
                (reject(person, &model.id), fits)
            }
            1 => {
                let fits = model.ends("awaiting_approval", "withdrawn") || model.ends("placed", "cancelled");
                (office.market.trader.post(&format!("/api/v1/orders/{}/cancellations", model.id), reason), fits)
            }
            2 | 3 => (confirm(&office.market.sellers[0], &model.id), model.ends("placed", "confirmed")),
            4 if dice.roll(3) == 0 => {
                // Everything that waits for an answer is out of time: five working days and two have passed.
                app.clock.advance(Duration::from_secs(12 * 86_400));
                expire(app).await;
                for model in &mut orders {
                    let _ = model.ends("awaiting_approval", "lapsed") || model.ends("placed", "expired");
                }
                continue;
            }
            _ => (approve(person, &model.id), model.approve(who)),
        };
        let answer = ask.send().await;
        assert_eq!(answer.status < 300, fits, "seed {seed}: {} {model:?}", answer.text());
        assert!(answer.status < 500, "{}", answer.text());
    }
    for model in &orders {
        assert_eq!(office.state(&model.id).await, model.state, "seed {seed} {model:?}");
    }
    let boxes: i64 = orders.iter().map(Model::held).sum();
    assert_eq!(quota(app, office.market.trader.org_id, 2021).await.pending, boxes * 1000, "seed {seed}");
    assert_eq!(stock(app, office.goods).await.pending, boxes * 1000, "seed {seed}");
}
