//! Random histories of donations: whatever is returned, refunded, received and put right, no certificate names more than was paid and kept.

use super::{Giving, received, school};
use crate::donations::proof;
use crate::payments::{recounted, url};
use crate::support::TestApp;
use serde_json::{Value, json};

/// A small generator, so that a failing history can be run again by its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((self.0 >> 33) % below).unwrap()
    }
}

const PRICE: i64 = 1000;
const ORDERED: i64 = 6;

/// A donation of one line as boxes and yuan.
#[derive(Debug, Default)]
struct Boxes {
    accepted: i64,
    returned: i64,
    paid: i64,
    refunded: i64,
    /// What each receipt says now.
    receipts: Vec<(String, i64)>,
    /// The number of the certificate that stands, and what it names.
    stands: Option<(String, i64)>,
    /// Every certificate that was issued.
    issued: Vec<String>,
}

impl Boxes {
    fn kept(&self) -> i64 {
        self.accepted - self.returned
    }
    fn received(&self) -> i64 {
        self.receipts.iter().map(|(_, boxes)| boxes).sum()
    }
    fn ready(&self) -> bool {
        let money = self.paid - self.refunded >= self.kept() * PRICE;
        self.accepted == ORDERED && self.kept() > 0 && money && self.received() == self.kept()
    }
}

on_both! {
    async fn no_certificate_names_more_than_was_paid_and_kept(app) {
        let giving = Giving::open(app).await;
        let paper = proof(giving.trader()).await;
        let mut issued = 0;
        for seed in 1..=6 {
            issued += history(app, &giving, &paper, seed).await;
        }
        assert!(issued >= 6, "{issued} certificates are too few to say anything");
        recounted(app).await;
        assert_eq!(app.read(yigou::giving::verify).await.unwrap(), Vec::<String>::new());
    }
}

/// One order's life; how many certificates it was given.
async fn history(app: &TestApp, giving: &Giving, paper: &str, seed: u64) -> usize {
    let (mut dice, mut model) = (Dice(seed), Boxes::default());
    let order = giving.place(&[(giving.till.goods, &ORDERED.to_string())], school()).await;
    giving.till.market.hand_over(0, &order, &[&ORDERED.to_string()]).await;
    for _ in 0..60 {
        step(giving, (&order, paper), &mut dice, &mut model).await;
        if let Some((number, named)) = &model.stands {
            let found = app.get(&format!("/api/v1/purchase-certificates/{number}")).expect(200).await;
            assert_eq!(
                (found.str("/status"), found.int("/amount_fen")),
                ("valid".into(), *named),
                "seed {seed}: {model:?}"
            );
            assert!(*named == model.kept() * PRICE && *named <= model.paid - model.refunded, "seed {seed}: {model:?}");
        }
        for number in
            model.issued.iter().filter(|number| model.stands.as_ref().is_none_or(|(stands, _)| stands != *number))
        {
            let found = app.get(&format!("/api/v1/purchase-certificates/{number}")).expect(200).await;
            assert_eq!(found.str("/status"), "superseded", "seed {seed}: {model:?}");
        }
    }
    model.issued.len()
}

/// One random event: the model says whether it fits, the answer must say the same.
async fn step(giving: &Giving, (order, paper): (&str, &str), dice: &mut Dice, model: &mut Boxes) {
    let mut boxes = dice.roll(4);
    // Often all that is left, so that much is certified.
    let mut all = |left: i64| if dice.roll(3) > 0 { left } else { boxes };
    let (accepted, received_now) = (all(ORDERED - model.accepted), all(model.kept() - model.received()));
    let lines = json!([{ "line_no": 1, "quantity": boxes.to_string() }]);
    match dice.roll(10) {
        0 | 1 => {
            boxes = accepted;
            let fits = boxes > 0 && model.accepted + boxes <= ORDERED;
            let line = json!([{ "line_no": 1, "accepted": boxes.to_string() }]);
            let ask = giving.till.market.acceptor.post(&url(order, "acceptances"), json!({ "lines": line }));
            if asked(ask, fits, model).await.is_some() {
                model.accepted += boxes;
            }
        }
        2 => {
            if dice.roll(2) == 0 {
                return;
            }
            let fits = boxes > 0 && boxes <= model.kept();
            let body = json!({ "reason": "chance", "lines": lines });
            if asked(giving.till.market.acceptor.post(&url(order, "returns"), body), fits, model).await.is_some() {
                model.returned += boxes;
                model.stands = None;
            }
        }
        3 => {
            let due = model.kept() * PRICE - (model.paid - model.refunded);
            if due > 0 {
                giving.till.pay(order, due).await;
                model.paid += due;
            }
        }
        4 => {
            let credit = model.paid - model.refunded - model.kept() * PRICE;
            if credit > 0 {
                giving.till.refund(order, credit).await;
                model.refunded += credit;
                model.stands = None;
            }
        }
        5 | 6 => {
            boxes = received_now.max(0);
            let fits = boxes > 0 && model.received() + boxes <= model.kept();
            let mut body = received(&[(1, &boxes.to_string())]);
            body["proof_file"] = json!(paper);
            if let Some(reply) = asked(giving.trader().post(&url(order, "receipts"), body), fits, model).await {
                let last = reply["receipts"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
                model.receipts.push((last, boxes));
            }
        }
        7 | 8 => correct(giving, (order, paper), dice, model).await,
        _ => {
            let fits = model.ready() && model.stands.is_none();
            if let Some(reply) = asked(giving.certify(order), fits, model).await {
                let number = reply["number"].as_str().unwrap().to_owned();
                model.issued.push(number.clone());
                model.stands = Some((number, reply["amount_fen"].as_i64().unwrap()));
            }
        }
    }
}

/// A receipt is put right, at times to what makes the order complete.
async fn correct(giving: &Giving, (order, paper): (&str, &str), dice: &mut Dice, model: &mut Boxes) {
    let Some((id, said)) = model.receipts.last().cloned() else { return };
    let missing = model.kept() - model.received();
    let right = if dice.roll(2) == 0 { (said + missing).max(0) } else { dice.roll(5) };
    let fits = right != said && (right < said || model.received() + right - said <= model.kept());
    let mut body = received(&[(1, &right.to_string())]);
    (body["proof_file"], body["reason"]) = (json!(paper), json!("chance"));
    let ask = giving.trader().post(&url(order, &format!("receipts/{id}/corrections")), body);
    if asked(ask, fits, model).await.is_some() {
        model.receipts.last_mut().unwrap().1 = right;
        model.stands = None;
    }
}

async fn asked(ask: crate::support::Ask, fits: bool, model: &Boxes) -> Option<Value> {
    let answer = ask.send().await;
    assert!(answer.status < 500, "{}", answer.text());
    assert_eq!(answer.status < 300, fits, "{}: {} {model:?}", answer.asked, answer.text());
    fits.then(|| answer.json())
}
