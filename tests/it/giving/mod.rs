//! 以购代捐 on the platform, end to end: who gets the goods, what it received, what is certified of it, what an enterprise's year comes to.

mod certificates;
mod commitments;
mod histories;
mod receipts;
mod recipients;
mod statement;

use crate::payments::{Till, url};
use crate::support::market::{CITY, COUNTY, Market};
use crate::support::people::Person;
use crate::support::{Answered, TestApp};
use serde_json::{Value, json};
use yigou::catalogue::{self, Evidence, Months, NewListing, NewProduct, OriginShare};
use yigou::kernel::actor::{ManageCatalogue, OrgKind, Role};
use yigou::kernel::ids::ListingId;
use yigou::kernel::money::{Fen, Ppm};
use yigou::kernel::terms::{Category, Mark};

/// An enterprise that buys in place of donating, and its supplier.
pub struct Giving {
    pub till: Till,
}

impl Giving {
    /// One seller of boxes at 10.00 yuan, an enterprise with a trader, an acceptor and a payer.
    pub async fn open(app: &TestApp) -> Giving {
        let market = Market::open(app, 1).await;
        let trader = app.new_person(OrgKind::EnterpriseBuyer, CITY, &[Role::Trader]).await;
        let acceptor = app.person(trader.org_id, &[Role::Acceptor]).await;
        let payer = app.person(trader.org_id, &[Role::Payer]).await;
        let market = Market { trader, acceptor, ..market };
        let goods = market.listing(app, 0, 1000, "100000", false).await;
        Giving { till: Till { market, payer, goods } }
    }
    pub fn trader(&self) -> &Person {
        &self.till.market.trader
    }
    pub fn seller(&self) -> &Person {
        self.till.seller()
    }

    /// The body of a donation to a recipient.
    pub fn order(&self, lines: &[(ListingId, &str)], recipient: Option<Value>) -> Value {
        let mut body = self.till.market.order(lines);
        (body["fund"], body["purpose"]) = (json!("enterprise"), json!("purchase_for_donation"));
        body["beneficiary_id"] = json!(self.seller().org_id);
        if let Some(recipient) = recipient {
            body["recipient"] = recipient;
        }
        body
    }

    /// Places a donation of one supplier; its id.
    pub async fn place(&self, lines: &[(ListingId, &str)], recipient: Value) -> String {
        let body = self.order(lines, Some(recipient));
        self.trader().post("/api/v1/orders", body).expect(201).await.str("/orders/0/id")
    }

    /// A donation that is delivered and accepted as a whole; its id.
    pub async fn accepted(&self, lines: &[(ListingId, &str)], recipient: Value) -> String {
        let id = self.place(lines, recipient).await;
        let quantities: Vec<&str> = lines.iter().map(|(_, quantity)| *quantity).collect();
        self.till.market.hand_over(0, &id, &quantities).await;
        let all: Vec<(i64, &str, &str)> = (1..).zip(&quantities).map(|(no, quantity)| (no, *quantity, "0")).collect();
        self.till.market.accept(&id, &all).await;
        id
    }

    /// Files the signed paper of a recipient that is not here.
    pub async fn file(&self, order: &str, lines: &[(i64, &str)]) -> Answered {
        let proof = crate::donations::proof(self.trader()).await;
        let mut body = received(lines);
        body["proof_file"] = json!(proof);
        self.trader().post(&url(order, "receipts"), body).expect(201).await
    }

    /// A donation of so many boxes to a school that is not here: delivered, accepted, paid and received; its id.
    pub async fn done(&self, boxes: &str) -> String {
        let id = self.accepted(&[(self.till.goods, boxes)], school()).await;
        self.till.pay(&id, boxes.parse::<i64>().unwrap() * 1000).await;
        self.file(&id, &[(1, boxes)]).await;
        id
    }

    /// Asks for a certificate.
    pub fn certify(&self, order: &str) -> crate::support::Ask {
        self.trader().post(&url(order, "purchase-certificates"), Value::Null)
    }
}

/// A school that is no organisation of the platform.
pub fn school() -> Value {
    json!({ "name": "西吉县将台堡镇中心小学", "kind": "school", "region_code": "640422", "contact": "王老师", "phone": "0954-3010000" })
}

/// An organisation of the platform as a recipient.
pub fn here(person: &Person) -> Value {
    json!({ "organisation_id": person.org_id, "kind": "school", "contact": "王老师", "phone": "0954-3010000" })
}

/// What was received.
pub fn received(lines: &[(i64, &str)]) -> Value {
    let lines: Vec<Value> = lines.iter().map(|(no, quantity)| json!({ "line_no": no, "quantity": quantity })).collect();
    json!({ "signed_by": "王老师", "lines": lines })
}

/// A listing of goods of three counties, at a price that no three divide.
pub async fn blend(app: &TestApp, seller: &Person, price_fen: i64) -> ListingId {
    let actor = seller.actor::<ManageCatalogue>();
    let share = |county: &str, ppm| OriginShare { county: county.parse().unwrap(), ppm: Ppm(ppm) };
    let product = NewProduct {
        name: "六盘山五谷礼盒".to_owned(),
        category: Category::GrainOil,
        mark: Mark::None,
        origins: vec![share(COUNTY, 333_333), share("640422", 333_333), share("640402", 333_334)],
        description: String::new(),
        sc_licence: None,
        weighed: false,
        yearly_output_kg: None,
    };
    app.write(move |tx| {
        let listing = NewListing {
            product_id: catalogue::add_product(tx, &actor, &product)?,
            unit: "盒".to_owned(),
            net_weight_grams: 1000,
            tolerance_ppm: None,
            price_fen: Fen::new(price_fen),
            months: Months::of(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
            stock: "100000".parse().unwrap(),
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

/// What waits for a person: kind and subject.
pub async fn tasks(person: &Person) -> Vec<(String, String)> {
    let items = person.get("/api/v1/tasks?limit=200").expect(200).await.json()["items"].as_array().unwrap().clone();
    let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    items.iter().map(|item| (text(item, "kind"), text(item, "subject"))).collect()
}

/// The mails that wait for a person.
pub async fn mails_to(app: &TestApp, person: &Person) -> Vec<String> {
    let mails = app.mails().await.into_iter().filter(|mail| mail.to == person.email);
    mails.map(|mail| mail.subject.split(" / ").next().unwrap().to_owned()).collect()
}
