//! Random histories of orders against a naive model that only counts boxes and what was allowed of them.

use super::{quota, stock, url, verified};
use crate::support::TestApp;
use crate::support::market::{Market, confirm};
use serde_json::json;

/// A small generator, so that a failing history can be run again by its seed.
pub struct Dice(u64);

impl Dice {
    pub fn of(seed: u64) -> Dice {
        Dice(seed)
    }
    pub fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
    fn boxes(&mut self) -> i64 {
        i64::try_from(self.roll(5)).unwrap()
    }
}

/// An order of one line as boxes.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Boxes {
    state: String,
    price: i64,
    ordered: i64,
    shipped: i64,
    accepted: i64,
    rejected: i64,
    short: i64,
    /// Rejected, and sent again.
    replaced: i64,
    returned: i64,
    /// Given back by returns, and allowed, in fen.
    back_fen: i64,
    allowed_fen: i64,
}

const PRICE: i64 = 333;

impl Boxes {
    fn open(&self) -> bool {
        self.state == "confirmed"
    }
    fn finish(&mut self) {
        if self.accepted + self.rejected + self.short == self.ordered {
            self.state = "closed".to_owned();
        }
    }
    fn ends(&mut self, how: &str) -> bool {
        let fits = self.state == "placed";
        if fits {
            self.state = how.to_owned();
        }
        fits
    }
    fn held(&self) -> i64 {
        let open = matches!(self.state.as_str(), "placed" | "confirmed");
        if open { (self.ordered - self.accepted - self.rejected - self.short) * self.price } else { 0 }
    }
    /// What was kept still costs.
    fn kept(&self) -> i64 {
        self.accepted * self.price - self.back_fen - self.allowed_fen
    }
    /// So many boxes go back: at their price, or, once something was allowed, with their share of what the kept ones still cost.
    fn give_back(&mut self, boxes: i64) {
        let (kept, left) = (self.accepted - self.returned, self.accepted - self.returned - boxes);
        let share = |fen: i64| (2 * fen * left + kept) / (2 * kept);
        let worth = if self.allowed_fen == 0 { boxes * self.price } else { self.kept() - share(self.kept()) };
        self.returned += boxes;
        self.back_fen += worth;
    }
    fn reserved(&self) -> i64 {
        let open = matches!(self.state.as_str(), "placed" | "confirmed");
        if open { self.ordered - self.shipped - self.short } else { 0 }
    }
}

on_both! {
    async fn random_orders_equal_a_naive_model(app) {
        let market = Market::open(app, 1).await;
        for seed in 1..=4 {
            history(app, &market, seed).await;
        }
        verified(app).await;
        crate::payments::recounted(app).await;
    }
}

/// Up to four orders of one line with sixty random events; their ids.
pub async fn history(app: &TestApp, market: &Market, seed: u64) -> Vec<String> {
    let before = quota(app, market.trader.org_id, 2021).await;
    let goods = market.listing(app, 0, PRICE, "1000", false).await;
    let mut dice = Dice(seed);
    let mut orders: Vec<(String, Boxes)> = Vec::new();
    for _ in 0..60 {
        if orders.len() < 4 && dice.roll(3) == 0 {
            let ordered = 1 + dice.boxes();
            let id = market.place(&[(goods, &ordered.to_string())]).await;
            orders.push((id, Boxes { state: "placed".to_owned(), price: PRICE, ordered, ..Boxes::default() }));
            continue;
        }
        if orders.is_empty() {
            continue;
        }
        let chosen = usize::try_from(dice.roll(orders.len() as u64)).unwrap();
        let (id, model) = &mut orders[chosen];
        step(market, &mut dice, id, model).await;
    }
    for (id, model) in &orders {
        assert_eq!(&shown(market, id).await, model, "seed {seed}");
    }
    let sum = |part: fn(&Boxes) -> i64| orders.iter().map(|(_, boxes)| part(boxes)).sum::<i64>();
    let (money, goods) = (quota(app, market.trader.org_id, 2021).await, stock(app, goods).await);
    assert_eq!(
        (money.pending - before.pending, money.posted - before.posted),
        (sum(Boxes::held), sum(Boxes::kept)),
        "seed {seed}"
    );
    assert_eq!(
        (goods.pending, goods.posted),
        (sum(Boxes::reserved) * 1000, sum(|b| b.shipped + b.replaced) * 1000),
        "seed {seed}"
    );
    orders.into_iter().map(|(id, _)| id).collect()
}

/// One random event: the model says whether it fits, the answer must say the same.
async fn step(market: &Market, dice: &mut Dice, id: &str, model: &mut Boxes) {
    let (seller, n) = (&market.sellers[0], dice.boxes());
    let quantity = n.to_string();
    let reason = json!({ "reason": "chance" });
    let (ask, fits) = match dice.roll(12) {
        9 => return allow(market, dice, id, model).await,
        10 => return reprice(market, dice, id, model).await,
        11 => return replace(market, n, id, model).await,
        0 | 1 => (confirm(seller, id), model.ends("confirmed")),
        2 if dice.roll(4) == 0 => (seller.post(&url(id, "declines"), reason), model.ends("declined")),
        3 if dice.roll(4) == 0 => (market.trader.post(&url(id, "cancellations"), reason), model.ends("cancelled")),
        4 | 5 => {
            let fits = model.open() && n > 0 && model.shipped + n <= model.ordered - model.short;
            model.shipped += if fits { n } else { 0 };
            let body = json!({ "lines": [{ "line_no": 1, "lot": "A", "quantity": quantity }] });
            (seller.post(&url(id, "shipments"), body), fits)
        }
        6 | 7 => {
            let bad = i64::from(dice.roll(3) == 0);
            let decided = n + bad;
            let fits = model.open() && decided > 0 && model.accepted + model.rejected + decided <= model.shipped;
            if fits {
                (model.accepted, model.rejected) = (model.accepted + n, model.rejected + bad);
                model.finish();
            }
            let line = json!({ "line_no": 1, "accepted": quantity, "rejected": bad.to_string(), "reason": "chance" });
            (market.acceptor.post(&url(id, "acceptances"), json!({ "lines": [line] })), fits)
        }
        8 => {
            let stands = model.open() || model.state == "closed";
            let fits = stands && n > 0 && model.returned + n <= model.accepted;
            if fits {
                model.give_back(n);
            }
            let body = json!({ "reason": "chance", "lines": [{ "line_no": 1, "quantity": quantity }] });
            (market.acceptor.post(&url(id, "returns"), body), fits)
        }
        _ => {
            let fits = model.open() && n > 0 && model.shipped + model.short + n <= model.ordered;
            if fits {
                model.short += n;
                model.finish();
            }
            let body = json!({ "reason": "chance", "lines": [{ "line_no": 1, "quantity": quantity }] });
            (seller.post(&url(id, "short-closures"), body), fits)
        }
    };
    let answer = ask.send().await;
    assert_eq!(answer.status < 300, fits, "{}: {} {model:?}", answer.asked, answer.text());
    assert!(answer.status < 500, "{}", answer.text());
}

/// A dispute about a part of what was kept, settled at once: the rest of it is allowed.
async fn allow(market: &Market, dice: &mut Dice, id: &str, model: &mut Boxes) {
    let fen = i64::try_from(dice.roll(500)).unwrap();
    let payable = i64::try_from(dice.roll(200)).unwrap().min(fen);
    let stands = model.open() || model.state == "closed";
    let body = json!({ "kind": "price", "text": "chance", "lines": [{ "line_no": 1, "amount_fen": fen }] });
    let opened = market.trader.post(&url(id, "disputes"), body).send().await;
    assert_eq!(opened.status < 300, stands && fen <= model.kept(), "{}: {model:?}", opened.text());
    if opened.status < 300 {
        super::allowances::settled(&market.sellers[0], &market.trader, &opened.id(), "none", &[(1, payable)]).await;
        model.allowed_fen += fen - payable;
    }
}

/// Another price, proposed by the one side and agreed by the other: as long as nothing is accepted, and never above the listing's.
async fn reprice(market: &Market, dice: &mut Dice, id: &str, model: &mut Boxes) {
    let fen = 300 + i64::try_from(dice.roll(35)).unwrap();
    let open = matches!(model.state.as_str(), "placed" | "confirmed") && model.accepted == 0;
    let fits = open && fen != model.price && (fen < model.price || fen <= PRICE);
    let (mut by, mut with) = (&market.sellers[0], &market.trader);
    if dice.roll(2) == 0 {
        (by, with) = (with, by);
    }
    let body = json!({ "reason": "chance", "lines": [{ "line_no": 1, "unit_price_fen": fen }] });
    let proposed = by.post(&url(id, "price-changes"), body).send().await;
    assert_eq!(proposed.status < 300, fits, "{}: {fen} {model:?}", proposed.text());
    if fits {
        super::prices::answer(with, id, &proposed.id(), "agree").expect(200).await;
        model.price = fen;
    }
}

/// Rejected boxes are owed once more, as if they had never come.
async fn replace(market: &Market, n: i64, id: &str, model: &mut Boxes) {
    let stands = model.open() || model.state == "closed";
    let fits = stands && n > 0 && n <= model.rejected;
    let body = json!({ "reason": "chance", "lines": [{ "line_no": 1, "quantity": n.to_string() }] });
    let asked = market.acceptor.post(&url(id, "replacements"), body).send().await;
    assert_eq!(asked.status < 300, fits, "{}: {n} {model:?}", asked.text());
    if fits {
        super::replacements::answer(&market.sellers[0], id, &asked.str("/replacements/0/id"), "agree")
            .expect(201)
            .await;
        (model.rejected, model.shipped, model.replaced) = (model.rejected - n, model.shipped - n, model.replaced + n);
        model.state = "confirmed".to_owned();
    }
}

/// What the API shows of an order.
async fn shown(market: &Market, id: &str) -> Boxes {
    let order = market.trader.get(&format!("/api/v1/orders/{id}")).expect(200).await;
    let count = |name: &str| order.str(&format!("/lines/0/{name}")).parse().unwrap();
    let price = order.int("/lines/0/unit_price_fen");
    assert_eq!(order.int("/accepted_fen"), price * count("accepted"));
    let state = order.str("/state");
    if matches!(state.as_str(), "placed" | "confirmed" | "closed") {
        assert_eq!(order.int("/ordered_fen"), price * (count("quantity") - count("short_closed")));
    }
    let again = order.json()["replacements"].as_array().unwrap().clone();
    let replaced = again.iter().map(|one| one["quantity"].as_str().unwrap().parse::<i64>().unwrap()).sum();
    let allowed_fen = order.int("/lines/0/allowed_fen");
    Boxes {
        state,
        price,
        ordered: count("quantity"),
        shipped: count("shipped"),
        accepted: count("accepted"),
        rejected: count("rejected"),
        short: count("short_closed"),
        replaced,
        returned: count("returned"),
        back_fen: order.int("/returned_fen") - allowed_fen,
        allowed_fen,
    }
}
