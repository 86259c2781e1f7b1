//! Random histories against a naive recount: the model keeps every amount as it happened and splits it anew each time.

use super::{VOLUMES, office, rebuilt, rows};
use crate::payments::{Till, recounted, url};
use crate::reporting::gift_box;
use crate::support::TestApp;
use crate::support::people::Person;
use serde_json::json;
use std::collections::BTreeMap;
use yigou::kernel::ids::ListingId;
use yigou::volumes::fold_batch;

/// A small generator, so that a failing history can be run again by its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
    fn fen(&mut self, most: i64) -> i64 {
        1 + i64::try_from(self.roll(u64::try_from(most).unwrap())).unwrap()
    }
}

/// An order of one line: of boxes of one county, or of gift boxes of two.
struct Line {
    order: String,
    gift: bool,
    cost: i64,
    accepted: bool,
    paid: i64,
    refunded: i64,
    class: usize,
    channel: &'static str,
    /// Class, channel, month and amount of everything that ever counted.
    counted: Vec<(usize, &'static str, String, i64)>,
}

impl Line {
    fn covered(&self) -> i64 {
        if self.accepted { self.cost.min(self.paid - self.refunded) } else { 0 }
    }
    fn total(&self) -> i64 {
        self.counted.iter().filter(|(class, ..)| *class == self.class).map(|(.., fen)| fen).sum()
    }
    fn count(&mut self, month: &str, fen: i64) {
        self.counted.push((self.class, self.channel, month.to_owned(), fen));
    }
}

type Amounts = BTreeMap<Vec<String>, i64>;

/// 60 to 40, rounded to the fen: of every running total of a class, so that it never depends on what was looked at before.
fn naive(lines: &[Line]) -> Amounts {
    let mut sums = Amounts::new();
    let mut add = |county: &str, month: &str, channel: &str, fen: i64| {
        *sums.entry(vec![county.to_owned(), month.to_owned(), channel.to_owned()]).or_default() += fen;
    };
    for line in lines {
        let mut totals: BTreeMap<usize, i64> = BTreeMap::new();
        for (class, channel, month, fen) in &line.counted {
            if !line.gift {
                add("640323", month, channel, *fen);
                continue;
            }
            let total = totals.entry(*class).or_default();
            let share = |total: i64| (6 * total + 5) / 10;
            let first = share(*total + fen) - share(*total);
            *total += fen;
            add("640323", month, channel, first);
            add("640522", month, channel, fen - first);
        }
    }
    sums.retain(|_, fen| *fen != 0);
    sums
}

struct Scene {
    till: Till,
    gift: ListingId,
    office: Person,
}

on_both! {
    async fn pivots_are_a_naive_recount_over_random_histories(app) {
        for seed in 1..=3 {
            let till = Till::open(app).await;
            let gift = gift_box(app, &till, 333, [600_000, 400_000]).await;
            let scene = Scene { till, gift, office: office(app, "640000").await };
            app.clock.set_day("2021-03-01");
            history(app, &scene, seed).await;
        }
        recounted(app).await;
    }
}

async fn history(app: &TestApp, scene: &Scene, seed: u64) {
    let path = format!("{VOLUMES}?from=2021-01&to=2021-12&by=county,month,channel");
    let look = async || -> Amounts {
        rows(&scene.office.get(&path).expect(200).await.json(), &["county", "month", "channel"]).into_iter().collect()
    };
    // What earlier histories left is there already.
    let before = look().await;
    let (mut dice, mut lines) = (Dice(seed), Vec::new());
    for turn in 0..50 {
        if dice.roll(4) == 0 {
            let day = app.ctx().at.day().plus_days(i64::try_from(dice.roll(12)).unwrap());
            app.clock.set_day(&day.to_string());
        }
        step(app, scene, &mut dice, &mut lines).await;
        if dice.roll(3) == 0 {
            let most = dice.fen(6);
            app.write(move |tx| fold_batch(tx, most)).await.unwrap();
        }
        let mut want = naive(&lines);
        for (key, fen) in &before {
            *want.entry(key.clone()).or_default() += fen;
        }
        want.retain(|_, fen| *fen != 0);
        assert_eq!(look().await, want, "seed {seed}, turn {turn}");
    }
    rebuilt(app).await;
}

async fn step(app: &TestApp, scene: &Scene, dice: &mut Dice, lines: &mut Vec<Line>) {
    let till = &scene.till;
    let month = app.ctx().at.day().month();
    if lines.is_empty() || dice.roll(5) == 0 {
        let (gift, boxes) = (dice.roll(2) == 0, dice.fen(4));
        let goods = if gift { scene.gift } else { till.goods };
        let order = till.market.deliver(0, &[(goods, &boxes.to_string())]).await;
        let cost = boxes * if gift { 333 } else { 1000 };
        let counted = Vec::new();
        lines.push(Line {
            order,
            gift,
            cost,
            accepted: false,
            paid: 0,
            refunded: 0,
            class: 0,
            channel: "canteen",
            counted,
        });
        return;
    }
    let chosen = usize::try_from(dice.roll(lines.len() as u64)).unwrap();
    let line = &mut lines[chosen];
    match dice.roll(5) {
        0 if !line.accepted => {
            let boxes = (line.cost / if line.gift { 333 } else { 1000 }).to_string();
            till.market.accept(&line.order, &[(1, &boxes, "0")]).await;
            line.accepted = true;
        }
        1 | 2 if line.paid < line.cost => {
            let fen = dice.fen(line.cost - line.paid);
            till.pay(&line.order, fen).await;
            line.paid += fen;
        }
        3 if line.accepted && line.paid > line.refunded => {
            let fen = dice.fen(line.paid - line.refunded);
            till.refund(&line.order, fen).await;
            line.refunded += fen;
        }
        4 => {
            let others: Vec<&str> =
                ["market", "school", "canteen"].into_iter().filter(|one| *one != line.channel).collect();
            let channel = others[usize::try_from(dice.roll(2)).unwrap()];
            let body = json!({ "channel": channel, "reason": "随机归类" });
            scene.office.post(&url(&line.order, "classifications"), body).expect(201).await;
            let total = line.total();
            line.count(&month, -total);
            (line.class, line.channel) = (line.class + 1, channel);
            line.count(&month, total);
        }
        _ => {}
    }
    let more = line.covered() - line.total();
    line.count(&month, more);
}
