//! Random histories against a naive recount: the model keeps every amount as it happened and splits it anew each time.

use super::schemes::{covered, founded};
use super::{VOLUMES, office, rebuilt, rows};
use crate::payments::{Till, recounted, url};
use crate::reporting::gift_box;
use crate::support::TestApp;
use crate::support::market::{CITY, Market};
use crate::support::people::Person;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::ids::ListingId;
use yigou::volumes::{county_month, fold_batch};

const BASES: [&str; 2] = ["ordered", "accepted_paid"];

/// A small generator, so that a failing history can be run again by its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
    fn one_of(&mut self, many: u64) -> usize {
        usize::try_from(self.roll(many)).unwrap()
    }
    fn fen(&mut self, most: i64) -> i64 {
        1 + i64::try_from(self.roll(u64::try_from(most).unwrap())).unwrap()
    }
}

/// A kind of goods that is bought here: its price, and the counties of production in millionths.
struct Goods {
    listing: ListingId,
    price: i64,
    /// 60 to 40 between two counties instead of one county's own.
    gift: bool,
    certified: bool,
}

/// An entry that the model has counted: on which basis, of which class and channel, in which month, and how much.
#[derive(Clone)]
struct Counted {
    basis: &'static str,
    class: usize,
    channel: String,
    month: String,
    fen: i64,
}

/// An order of one line.
struct Line {
    order: String,
    buyer: usize,
    goods: usize,
    gift: bool,
    cost: i64,
    accepted: bool,
    paid: i64,
    refunded: i64,
    class: usize,
    channel: String,
    /// What it is told apart by and never changes, by the names of dimensions.
    told: BTreeMap<&'static str, String>,
    /// Everything that ever counted.
    counted: Vec<Counted>,
}

impl Line {
    fn covered(&self) -> i64 {
        if self.accepted { self.cost.min(self.paid - self.refunded) } else { 0 }
    }
    fn total(&self, basis: &str) -> i64 {
        self.counted.iter().filter(|one| one.basis == basis && one.class == self.class).map(|one| one.fen).sum()
    }
    fn count(&mut self, basis: &'static str, month: &str, fen: i64) {
        let (class, channel, month) = (self.class, self.channel.clone(), month.to_owned());
        self.counted.push(Counted { basis, class, channel, month, fen });
    }
}

type Amounts = BTreeMap<Vec<String>, i64>;

/// What a report is asked for: the basis, the side, and what it is told apart by.
struct Look {
    basis: &'static str,
    by: Vec<&'static str>,
}

const DIMENSIONS: [&str; 10] = [
    "county",
    "month",
    "fund",
    "purpose",
    "mode",
    "channel",
    "certified",
    "eligible",
    "purchaser_kind",
    "purchaser_region",
];

impl Look {
    /// Any basis, and any of the dimensions.
    fn any(dice: &mut Dice) -> Look {
        let basis = if dice.roll(3) == 0 { "ordered" } else { "accepted_paid" };
        let by = DIMENSIONS.iter().copied().filter(|_| dice.roll(3) == 0).collect();
        Look { basis, by }
    }
    async fn report(&self, office: &Person) -> Amounts {
        let path = format!("{VOLUMES}?from=2021-01&to=2021-12&basis={}&by={}", self.basis, self.by.join(","));
        rows(&office.get(&path).expect(200).await.json(), &self.by).into_iter().collect()
    }
    /// 60 to 40, rounded to the fen: of every running total of a class, so that it never depends on what was looked at before.
    fn naive(&self, lines: &[Line]) -> Amounts {
        let mut sums = Amounts::new();
        for line in lines {
            let mut totals: BTreeMap<usize, i64> = BTreeMap::new();
            for one in line.counted.iter().filter(|one| one.basis == self.basis) {
                let mut add = |county: &str, fen: i64| {
                    let value = |name: &&str| match *name {
                        "county" => county.to_owned(),
                        "month" => one.month.clone(),
                        "channel" => one.channel.clone(),
                        other => line.told[other].clone(),
                    };
                    *sums.entry(self.by.iter().map(value).collect()).or_default() += fen;
                };
                if !line.gift {
                    add("640323", one.fen);
                    continue;
                }
                let total = totals.entry(one.class).or_default();
                let share = |total: i64| (6 * total + 5) / 10;
                let first = share(*total + one.fen) - share(*total);
                *total += one.fen;
                add("640323", first);
                add("640522", one.fen - first);
            }
        }
        sums.retain(|_, fen| *fen != 0);
        sums
    }
}

struct Scene {
    /// A canteen in Yinchuan, one in the partner region, and an enterprise there.
    buyers: [Till; 3],
    goods: [Goods; 3],
    office: Person,
    /// Which classifies what units of its own region buy.
    partner: Person,
}

impl Scene {
    async fn set(app: &TestApp, scheme: &str) -> Scene {
        let till = Till::open(app).await;
        let office = office(app, "640000").await;
        let certified = till.market.listing(app, 0, 777, "100000", false).await;
        covered(app, till.seller(), &certified.to_string(), scheme).await;
        let gift = gift_box(app, &till, 333, [600_000, 400_000]).await;
        let goods = [
            Goods { listing: till.goods, price: 1000, gift: false, certified: false },
            Goods { listing: gift, price: 333, gift: true, certified: false },
            Goods { listing: certified, price: 777, gift: false, certified: true },
        ];
        let canteen = buyer(app, &till, (OrgKind::BudgetUnit, "350504")).await;
        let enterprise = buyer(app, &till, (OrgKind::EnterpriseBuyer, "350504")).await;
        let partner = super::office(app, "350000").await;
        Scene { buyers: [till, canteen, enterprise], goods, office, partner }
    }

    /// Places an order and has it delivered.
    async fn ordered(&self, dice: &mut Dice, month: &str) -> Line {
        let (buyer, goods) = (dice.one_of(3), dice.one_of(3));
        let (till, of, boxes) = (&self.buyers[buyer], &self.goods[goods], dice.fen(4));
        let quantity = boxes.to_string();
        let mut body = till.market.order(&[(of.listing, &quantity)]);
        let kind = if buyer == 2 { "enterprise_buyer" } else { "budget_unit" };
        if buyer == 2 {
            body["fund"] = json!("enterprise");
        } else if dice.roll(2) == 0 {
            body["fund"] = json!("union");
        }
        body["purpose"] = json!(["own_use", "welfare"][dice.one_of(2)]);
        let order = till.market.trader.post("/api/v1/orders", body.clone()).expect(201).await.str("/orders/0/id");
        till.market.hand_over(0, &order, &[&quantity]).await;
        let shown = till.market.trader.get(&format!("/api/v1/orders/{order}")).expect(200).await;
        let region = [CITY, "350504", "350504"][buyer];
        let told = BTreeMap::from([
            ("fund", body["fund"].as_str().unwrap().to_owned()),
            ("purpose", body["purpose"].as_str().unwrap().to_owned()),
            ("mode", shown.str("/mode")),
            ("certified", of.certified.to_string()),
            ("eligible", "true".to_owned()),
            ("purchaser_kind", kind.to_owned()),
            ("purchaser_region", region.to_owned()),
        ]);
        let mut line = Line {
            order,
            buyer,
            goods,
            gift: of.gift,
            cost: boxes * of.price,
            accepted: false,
            paid: 0,
            refunded: 0,
            class: 0,
            channel: shown.str("/channel"),
            told,
            counted: Vec::new(),
        };
        line.count("ordered", month, line.cost);
        line
    }
}

/// A unit that buys at the market, with who accepts and pays.
async fn buyer(app: &TestApp, till: &Till, (kind, region): (OrgKind, &str)) -> Till {
    let trader = app.new_person(kind, region, &[Role::Trader]).await;
    let acceptor = app.person(trader.org_id, &[Role::Acceptor]).await;
    let payer = app.person(trader.org_id, &[Role::Payer]).await;
    let market = Market { trader, acceptor, sellers: till.market.sellers.clone() };
    Till { market, payer, goods: till.goods }
}

on_both! {
    async fn pivots_are_a_naive_recount_over_random_histories(app) {
        let mut lines = Vec::new();
        app.clock.set_day("2021-03-01");
        let scheme = founded(app, &app.new_person(OrgKind::PovertyOffice, "640000", &[Role::OrgAdmin, Role::Reviewer]).await).await;
        for seed in 1..=3 {
            app.clock.set_day("2021-03-03");
            let scene = Scene::set(app, &scheme).await;
            history(app, &scene, seed, &mut lines).await;
        }
        // The test is none unless each of what it tells apart has several values.
        let values = |name: &str| lines.iter().map(|line: &Line| line.told[name].clone()).collect::<BTreeSet<_>>().len();
        for name in ["fund", "purpose", "mode", "certified", "purchaser_kind", "purchaser_region"] {
            assert!(values(name) > 1, "{name}");
        }
        recounted(app).await;
    }
}

/// What earlier histories left is there already, and is looked at again.
async fn history(app: &TestApp, scene: &Scene, seed: u64, lines: &mut Vec<Line>) {
    let (mut dice, first) = (Dice(seed), lines.len());
    for turn in 0..50 {
        if dice.roll(4) == 0 {
            let day = app.ctx().at.day().plus_days(i64::try_from(dice.roll(12)).unwrap());
            app.clock.set_day(&day.to_string());
        }
        step(app, scene, &mut dice, lines, first).await;
        if dice.roll(3) == 0 {
            let most = dice.fen(6);
            app.write(move |tx| fold_batch(tx, most)).await.unwrap();
        }
        for look in [Look::any(&mut dice), Look { basis: "accepted_paid", by: vec!["county", "month", "channel"] }] {
            let (basis, by) = (look.basis, look.by.join(","));
            assert_eq!(
                look.report(&scene.office).await,
                look.naive(lines),
                "seed {seed}, turn {turn}: {basis} by {by}"
            );
        }
    }
    rebuilt(app).await;
    whole_months(app, lines).await;
}

/// What is published of whole months is the same recount, however many orders are read at once.
async fn whole_months(app: &TestApp, lines: &[Line]) {
    let look = |basis| Look { basis, by: vec!["county", "month"] };
    let want = BASES.map(|basis| look(basis).naive(lines));
    let mut found = [Amounts::new(), Amounts::new()];
    for month in (3..=12).map(|month| format!("2021-{month:02}")) {
        let read = async |at_once: i64| {
            let month = month.clone();
            app.read(move |read| county_month(read, &month, at_once, &|| false)).await.unwrap()
        };
        let made = read(500).await;
        assert_eq!((&read(1).await, &read(7).await), (&made, &made));
        for (county, sums) in made.counties {
            for (basis, sum) in found.iter_mut().enumerate() {
                sum.insert(vec![county.to_string(), month.clone()], sums.sums[basis].0.get());
            }
        }
        let month = month.clone();
        let ended = app.read(move |read| county_month(read, &month, 1, &|| true)).await;
        assert!(made.entries == 0 || ended.is_err(), "nobody waits for it");
    }
    for sums in &mut found {
        sums.retain(|_, fen| *fen != 0);
    }
    assert_eq!(found, want);
}

async fn step(app: &TestApp, scene: &Scene, dice: &mut Dice, lines: &mut Vec<Line>, first: usize) {
    let month = app.ctx().at.day().month();
    if lines.len() == first || dice.roll(5) == 0 {
        lines.push(scene.ordered(dice, &month).await);
        return;
    }
    let chosen = first + usize::try_from(dice.roll((lines.len() - first) as u64)).unwrap();
    let line = &mut lines[chosen];
    let till = &scene.buyers[line.buyer];
    match dice.roll(5) {
        0 if !line.accepted => {
            let boxes = (line.cost / scene.goods[line.goods].price).to_string();
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
                ["market", "school", "community"].into_iter().filter(|one| *one != line.channel).collect();
            let channel = others[usize::try_from(dice.roll(2)).unwrap()];
            let body = json!({ "channel": channel, "reason": "随机归类" });
            let office = if line.buyer == 0 { &scene.office } else { &scene.partner };
            office.post(&url(&line.order, "classifications"), body).expect(201).await;
            let totals = BASES.map(|basis| (basis, line.total(basis)));
            for (basis, total) in totals {
                line.count(basis, &month, -total);
            }
            (line.class, line.channel) = (line.class + 1, channel.to_owned());
            for (basis, total) in totals {
                line.count(basis, &month, total);
            }
        }
        _ => {}
    }
    let more = line.covered() - line.total("accepted_paid");
    line.count("accepted_paid", &month, more);
}
