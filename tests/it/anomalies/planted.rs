//! Forty anomalies among two thousand clean orders: those are found, and nothing else.

use super::minted::{Goods, Minted, mint, order_id};
use super::*;
use crate::catalogue::{LISTINGS, PRODUCTS, listing_body, product_body, supplier};
use diesel::connection::SimpleConnection;
use std::collections::BTreeSet;
use yigou::each;
use yigou::kernel::ids::OrgId;
use yigou::kernel::time::Day;

/// What clean orders cost: 10.00 a kilogram, which is the median of like goods.
const PRICE: i64 = 2_500;
const SUPPLIERS: usize = 8;
const UNITS: usize = 40;
const EACH: usize = 50;

/// Who buys and sells here.
struct Fair {
    /// Of each supplier: goods that have a median, goods that have none.
    meat: Vec<Goods>,
    fruit: Vec<Goods>,
    orders: Vec<Minted>,
    /// What is to be found: the kind, and the order, the unit and supplier, or the product that it is about.
    planted: BTreeSet<(String, String)>,
}

async fn goods(seller: &Person, category: &str, yearly_output_kg: Option<i64>) -> Goods {
    let mut body = product_body("盐池滩羊", "640323", false);
    (body["category"], body["mark"]) = (json!(category), json!("none"));
    if let Some(kilograms) = yearly_output_kg {
        body["yearly_output_kg"] = json!(kilograms);
    }
    let product = seller.post(PRODUCTS, body).expect(201).await.id();
    let listing = seller.post(LISTINGS, listing_body(&product, PRICE)).expect(201).await.id();
    Goods { supplier: seller.org_id, product: product.parse().unwrap(), listing: listing.parse().unwrap() }
}

async fn unit(app: &TestApp) -> OrgId {
    app.organisation(OrgKind::BudgetUnit, "640104").await
}

fn day(month: i8, day: i8) -> Day {
    Day::ymd(2021, month, day)
}

impl Fair {
    async fn open(app: &TestApp) -> (Fair, Vec<Person>) {
        let (mut meat, mut fruit, mut sellers) = (Vec::new(), Vec::new(), Vec::new());
        for number in 0..SUPPLIERS {
            let seller = supplier(app, OrgKind::Cooperative, "640323", &format!("盐池合作社{number}")).await;
            meat.push(goods(&seller, "meat", Some(10_000_000)).await);
            fruit.push(goods(&seller, "fruit", None).await);
            sellers.push(seller);
        }
        (Fair { meat, fruit, orders: Vec::new(), planted: BTreeSet::new() }, sellers)
    }

    fn add(&mut self, order: Minted) -> usize {
        self.orders.push(order);
        self.orders.len() - 1
    }

    /// Adds an order that is to be found.
    fn plant(&mut self, kind: &str, order: Minted) {
        let number = self.add(order);
        self.planted.insert((kind.to_owned(), order_id(number).to_string()));
    }

    /// Two thousand orders, some of them just on the right side of each threshold.
    async fn clean(&mut self, app: &TestApp) {
        for u in 0..UNITS {
            let unit = unit(app).await;
            for k in 0..EACH {
                let on = day(1, 4).plus_days(i64::try_from(k * 7 + u % 5).unwrap());
                let (number, even) = (i64::try_from(u * 7 + k * 3).unwrap(), k % 2 == 0);
                let (meat, fruit) = (self.meat[(u + k) % SUPPLIERS], self.fruit[(u + k) % SUPPLIERS]);
                let plain =
                    Minted::new(unit, if k % 3 == 0 { fruit } else { meat }, on, 5 + number % 10, PRICE + number % 500);
                let twice = [self.meat[0], self.meat[1]][k % 2];
                self.add(match u {
                    0 => Minted::new(unit, self.fruit[0], on, if even { 10 } else { 99 }, 1_000),
                    1 => Minted::new(unit, self.fruit[1], on, 1, if even { 1_000 } else { 9_990 }),
                    2 => Minted::new(unit, self.meat[2], on, 2, if even { 5_000 } else { 1_250 }),
                    3 => Minted { after: (0, 0, 1), ..plain },
                    // Two suppliers with exactly one half of 50,000 yuan each.
                    4 => Minted::new(unit, twice, on, 40, PRICE),
                    // One supplier of a unit that spends little.
                    5 => Minted::new(unit, self.meat[3], on, 36, PRICE),
                    // Two days running, 1 fen below the band together.
                    6 => Minted::new(
                        unit,
                        self.fruit[k / 2 % SUPPLIERS],
                        pair(k, 1),
                        1,
                        if even { 500_000 } else { 499_999 },
                    ),
                    // The same goods on the fourth day.
                    7 => Minted::new(unit, self.fruit[k / 2 % SUPPLIERS], pair(k, 3), 240, PRICE),
                    // Other goods of the same supplier on the next day.
                    8 => Minted::new(
                        unit,
                        if even { self.meat[k / 2 % SUPPLIERS] } else { self.fruit[k / 2 % SUPPLIERS] },
                        pair(k, 1),
                        240,
                        PRICE,
                    ),
                    // At the band, and a small one.
                    9 => {
                        Minted::new(unit, self.meat[k / 2 % SUPPLIERS], pair(k, 1), if even { 400 } else { 41 }, PRICE)
                    }
                    // Ten times as much, cancelled.
                    10 if k == 30 => Minted { quantity: 140, state: "cancelled", ..plain },
                    _ => plain,
                });
            }
        }
        assert_eq!(self.orders.len(), 2_000);
    }

    async fn slips(&mut self, app: &TestApp) {
        for quantity in [30, 31, 60, 300, 45, 90] {
            let unit = unit(app).await;
            self.add(Minted::new(unit, self.fruit[0], day(4, 1), 3, PRICE));
            self.plant("quantity_slip", Minted::new(unit, self.fruit[0], day(4, 12), quantity, PRICE));
        }
        for (last, this) in [(3_000, 30_000), (3_000, 300), (3_000, 45_000), (30_000, 3_000), (3_100, 31_000)] {
            let unit = unit(app).await;
            self.add(Minted::new(unit, self.fruit[1], day(4, 1), 1, last));
            self.plant("price_slip", Minted::new(unit, self.fruit[1], day(4, 12), 1, this));
        }
        for price in [5_005, 10_000, 1_245, 20_000, 600] {
            let unit = unit(app).await;
            self.plant("unusual_price", Minted::new(unit, self.meat[4], day(5, 6), 2, price));
        }
    }

    async fn hands(&mut self, app: &TestApp) -> Vec<OrgId> {
        for month in 2..7 {
            let plain = Minted::new(unit(app).await, self.meat[5], day(month, 9), 4, PRICE);
            self.plant("same_day", Minted { after: (0, 0, 0), ..plain });
        }
        for month in 2..5 {
            let plain = Minted::new(unit(app).await, self.meat[5], day(month, 10), 4, PRICE);
            self.plant("orderer_accepted", Minted { acceptor: 1, ..plain });
        }
        let mut small = Vec::new();
        for month in 2..6 {
            let plain = Minted::new(unit(app).await, self.meat[5], day(month, 11), 4, PRICE);
            small.push(plain.unit);
            self.plant("acceptor_paid", Minted { payer: 2, ..plain });
        }
        small
    }

    async fn spending(&mut self, app: &TestApp) {
        for n in 0..4 {
            let unit = unit(app).await;
            for k in 0..10 {
                // Seven of ten orders of 6,000 yuan to one supplier.
                let goods = self.meat[if k < 7 { n } else { n + 4 }];
                self.add(Minted::new(unit, goods, day(2, 1).plus_days(20 * k), 240, PRICE));
            }
            self.planted.insert(("supplier_share".to_owned(), format!("{unit} {}", self.meat[n].supplier)));
        }
        for (n, quantities) in [&[240, 240][..], &[200, 200], &[150, 150, 150], &[399, 399]].into_iter().enumerate() {
            let unit = unit(app).await;
            for (k, quantity) in quantities.iter().enumerate() {
                let order =
                    Minted::new(unit, self.meat[n], day(6, 1).plus_days(i64::try_from(k).unwrap()), *quantity, PRICE);
                if k == 0 {
                    self.plant("split_orders", order);
                } else {
                    self.add(order);
                }
            }
        }
    }

    async fn outputs(&mut self, app: &TestApp, sellers: &[Person]) {
        for (n, seller) in sellers.iter().take(5).enumerate() {
            // Two declare when they enter the product, others later; the fifth ships what it declared.
            let made = goods(seller, "fruit", (n < 2).then_some(100)).await;
            if n >= 2 {
                let path = format!("{PRODUCTS}/{}/yearly-outputs", made.product);
                let declared = seller.post(&path, json!({ "yearly_output_kg": 100 })).expect(200).await;
                assert_eq!(declared.int("/yearly_output_kg"), 100);
            }
            let unit = unit(app).await;
            self.add(Minted::new(unit, made, day(7, 1), 20, PRICE));
            self.add(Minted::new(unit, made, day(8, 1), if n < 4 { 21 } else { 20 }, PRICE));
            if n < 4 {
                self.planted.insert(("above_output".to_owned(), made.product.to_string()));
            }
        }
    }
}

/// Days in pairs, three weeks apart.
fn pair(k: usize, apart: i64) -> Day {
    let (first, second) = (i64::try_from(k / 2).unwrap() * 14, i64::try_from(k % 2).unwrap());
    day(1, 4).plus_days(first + second * apart)
}

/// Every anomaly, page by page: its kind and what it is about.
async fn found(auditor: &Person) -> BTreeSet<(String, String)> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = auditor.get(&format!("{PATH}?limit=7{cursor}")).expect(200).await.json();
        all.extend(page["items"].as_array().unwrap().clone());
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    let count = all.len();
    let about = |one: &Value| {
        let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
        assert!(!text("reason_zh").is_empty() && !text("reason_en").is_empty(), "{one}");
        let about = match text("kind").as_str() {
            "supplier_share" => format!("{} {}", text("unit_id"), text("supplier_id")),
            "above_output" => text("product_id"),
            _ => text("order_id"),
        };
        (text("kind"), about)
    };
    let found: BTreeSet<_> = all.iter().map(about).collect();
    assert_eq!(found.len(), count, "something was found twice");
    found
}

/// A median of like goods, and exceptions of two units.
async fn known(app: &TestApp, small: &[OrgId]) {
    let mut sql = "INSERT INTO price_watch_months (month, category, mark, region_code, goods, suppliers, median_fen)
        VALUES ('2020-12', 'meat', 'none', '640300', 9, 5, 1000);"
        .to_owned();
    for unit in &small[..2] {
        let hex: String = unit.0.iter().map(|byte| format!("{byte:02x}")).collect();
        let blob =
            if app.installation.store.is_postgres() { format!("'\\x{hex}'::bytea") } else { format!("x'{hex}'") };
        sql += &format!("INSERT INTO duty_exceptions (id, unit_id, region_code, granted_by, granted_by_org, granted_at, valid_from, valid_until, reason, rule_id)
            SELECT {blob}, {blob}, '640104', (SELECT id FROM users ORDER BY id LIMIT 1), {blob}, 0, '2021-01-01', '2021-12-31', 'x', (SELECT id FROM rules ORDER BY id LIMIT 1);");
    }
    app.write(move |tx| Ok(each!(tx, c => c.batch_execute(&sql))?)).await.unwrap();
}

on_both! {
    async fn forty_planted_anomalies_are_found_and_no_clean_order_is_flagged(app) {
        let (mut fair, sellers) = Fair::open(app).await;
        fair.clean(app).await;
        fair.slips(app).await;
        let small = fair.hands(app).await;
        fair.spending(app).await;
        fair.outputs(app, &sellers).await;
        assert_eq!(fair.planted.len(), 40);
        known(app, &small).await;
        mint(app, &fair.orders).await;
        app.clock.set_day("2021-12-31");
        let detect = || yigou::anomalies::detect(&app.installation.store, app.ctx());
        assert_eq!(detect().await.unwrap(), 40);
        let auditor = app.new_person(OrgKind::Operator, "640000", &[Role::Auditor]).await;
        let seen = found(&auditor).await;
        let (missed, wrong): (Vec<_>, Vec<_>) = (fair.planted.difference(&seen).collect(), seen.difference(&fair.planted).collect());
        assert!(missed.is_empty() && wrong.is_empty(), "missed: {missed:#?}\nwrong: {wrong:#?}");
        // What happened under an exception names it.
        let excepted = auditor.get(&format!("{PATH}?kind=acceptor_paid")).expect(200).await.json()["items"].clone();
        let named = excepted.as_array().unwrap().iter().filter(|one| one["exception_id"].is_string()).count();
        assert_eq!((excepted.as_array().unwrap().len(), named), (4, 2));
        // Another run finds nothing anew, nor does one that looks at everything again.
        assert_eq!(detect().await.unwrap(), 0);
        app.write(|tx| Ok(each!(tx, c => c.batch_execute("DELETE FROM anomaly_runs"))?)).await.unwrap();
        assert_eq!(detect().await.unwrap(), 0);
    }
}
