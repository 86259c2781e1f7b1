//! A small market: suppliers with goods, a unit whose people order, accept and pay.

use super::people::Person;
use super::{Ask, TestApp};
use actix_web::http::Method;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use yigou::admission::{self, AdmissionDecision as Decision, NewApplication, Verdict};
use yigou::catalogue::{self, Evidence, Months, NewListing, NewProduct, OriginShare};
use yigou::kernel::actor::{ApplyAsSupplier, ManageCatalogue, OrgKind, RecommendSupplier, ReviewSupplier, Role};
use yigou::kernel::ids::ListingId;
use yigou::kernel::money::{Fen, Ppm};
use yigou::kernel::quantity::Quantity;
use yigou::kernel::terms::{Category, Mark};

/// An eligible county: its products count without a certificate.
pub const COUNTY: &str = "640323";
/// Where the buying unit is.
pub const CITY: &str = "640104";

/// A unit with its people, and suppliers.
#[derive(Clone)]
pub struct Market {
    pub trader: Person,
    pub acceptor: Person,
    pub sellers: Vec<Person>,
}

impl Market {
    /// A unit in Yinchuan and admitted cooperatives in Yanchi.
    pub async fn open(app: &TestApp, sellers: usize) -> Market {
        let trader = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Trader]).await;
        let acceptor = app.person(trader.org_id, &[Role::Acceptor]).await;
        let mut market = Market { trader, acceptor, sellers: Vec::new() };
        let office = app.new_person(OrgKind::PovertyOffice, COUNTY, &[Role::Reviewer]).await;
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::Reviewer]).await;
        for _ in 0..sellers {
            let seller = app.new_person(OrgKind::Cooperative, COUNTY, &[Role::Seller]).await;
            admit(app, &seller, &office, &operator).await;
            market.sellers.push(seller);
        }
        market
    }

    /// The same suppliers for another unit in Yinchuan.
    pub async fn of_unit(&self, app: &TestApp) -> Market {
        let trader = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Trader]).await;
        let acceptor = app.person(trader.org_id, &[Role::Acceptor]).await;
        Market { trader, acceptor, sellers: self.sellers.clone() }
    }

    /// A listing of the n-th seller, sold by the box or (weighed) by the kilogram.
    pub async fn listing(&self, app: &TestApp, seller: usize, price_fen: i64, stock: &str, weighed: bool) -> ListingId {
        let actor = self.sellers[seller].actor::<ManageCatalogue>();
        let stock: Quantity = stock.parse().unwrap();
        let product = NewProduct {
            name: "盐池滩羊".to_owned(),
            category: Category::Meat,
            mark: Mark::None,
            origins: vec![OriginShare { county: COUNTY.parse().unwrap(), ppm: Ppm(1_000_000) }],
            description: String::new(),
            sc_licence: None,
            weighed,
            yearly_output_kg: None,
        };
        app.write(move |tx| {
            let listing = NewListing {
                product_id: catalogue::add_product(tx, &actor, &product)?,
                unit: if weighed { "千克" } else { "箱" }.to_owned(),
                net_weight_grams: 1000,
                tolerance_ppm: None,
                price_fen: Fen::new(price_fen),
                months: Months::of(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
                stock,
                evidence: Evidence {
                    file_id: None,
                    link: Some("https://example.cn/like".to_owned()),
                    like_price_per_kg_fen: None,
                },
            };
            catalogue::list_product(tx, &actor, &listing)
        })
        .await
        .unwrap()
    }

    /// The body of an order of lines `(listing, quantity)`.
    pub fn order(&self, lines: &[(ListingId, &str)]) -> Value {
        let lines: Vec<Value> =
            lines.iter().map(|(listing, quantity)| json!({ "listing_id": listing, "quantity": quantity })).collect();
        json!({ "fund": "canteen", "purpose": "own_use", "lines": lines, "deliveries": [
            { "address": "北京中路1号食堂", "contact": "马师傅", "phone": "0951-5000000", "date": "2021-12-31" }] })
    }

    /// Places an order of one supplier; its id.
    pub async fn place(&self, lines: &[(ListingId, &str)]) -> String {
        self.trader.post("/api/v1/orders", self.order(lines)).expect(201).await.str("/orders/0/id")
    }

    /// Places, confirms and ships everything; the order's id.
    pub async fn deliver(&self, seller: usize, lines: &[(ListingId, &str)]) -> String {
        let id = self.place(lines).await;
        self.hand_over(seller, &id, &lines.iter().map(|(_, quantity)| *quantity).collect::<Vec<_>>()).await;
        id
    }

    /// Confirms an order and ships these quantities of its lines, from the first on.
    pub async fn hand_over(&self, seller: usize, order: &str, quantities: &[&str]) {
        let seller = &self.sellers[seller];
        confirm(seller, order).expect(200).await;
        let lines =
            (1..).zip(quantities).map(|(no, quantity)| json!({ "line_no": no, "lot": "A1", "quantity": quantity }));
        let body = json!({ "lines": lines.collect::<Vec<_>>() });
        seller.post(&format!("/api/v1/orders/{order}/shipments"), body).expect(201).await;
    }

    /// Accepts lines `(line number, accepted, rejected)`.
    pub async fn accept(&self, order: &str, lines: &[(i64, &str, &str)]) -> super::Answered {
        let lines: Vec<Value> = lines
            .iter()
            .map(|(no, good, bad)| json!({ "line_no": no, "accepted": good, "rejected": bad, "reason": "broken" }))
            .collect();
        self.acceptor.post(&format!("/api/v1/orders/{order}/acceptances"), json!({ "lines": lines })).expect(201).await
    }
}

static KEYS: AtomicU64 = AtomicU64::new(1);

/// A confirmation, which has no body.
pub fn confirm(seller: &Person, order: &str) -> Ask {
    let key = format!("confirm-{}", KEYS.fetch_add(1, Ordering::SeqCst));
    seller.request(Method::POST, &format!("/api/v1/orders/{order}/confirmations")).key(&key)
}

async fn admit(app: &TestApp, seller: &Person, office: &Person, operator: &Person) {
    let (applicant, county, platform) =
        (seller.actor::<ApplyAsSupplier>(), office.actor::<RecommendSupplier>(), operator.actor::<ReviewSupplier>());
    app.write(move |tx| {
        let new = NewApplication { statement: "滩羊养殖，带动农户".to_owned(), files: Vec::new() };
        let yes = Verdict { decision: Decision::Accept, reason_code: None, opinion: None };
        let id = admission::apply(tx, &applicant, &new)?;
        admission::recommend(tx, &county, id, &yes)?;
        admission::review(tx, &platform, id, &yes)
    })
    .await
    .unwrap();
}
