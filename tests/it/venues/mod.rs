//! Venues (专柜、专馆、专区): what they report is counted once, and of goods that were bought here only the remainder; on both databases.

mod histories;
mod imports;
mod reports;
mod sales;

use crate::payments::Till;
use crate::support::people::Person;
use crate::support::{Answered, Ask, TestApp};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use yigou::kernel::actor::{OrgKind, Role};

const VENUES: &str = "/api/v1/venues";
const REPORT: &str = "/api/v1/reports/venue-sales";
static KEYS: AtomicU64 = AtomicU64::new(1);

/// A poverty office where the venue is, its venue, and a unit that runs it and buys goods at 10.00 yuan a box for resale.
struct Scene {
    till: Till,
    office: Person,
    venue: String,
}

impl Scene {
    async fn set(app: &TestApp) -> Scene {
        let till = Till::open(app).await;
        let office = app.new_person(OrgKind::PovertyOffice, "640100", &[Role::Reviewer]).await;
        let venue = office.post(VENUES, venue(&till.market.trader, "hall", "宁夏扶贫产品馆")).expect(201).await.id();
        app.clock.set_day("2021-04-01");
        Scene { till, office, venue }
    }
    fn clerk(&self) -> &Person {
        &self.till.market.trader
    }
    /// Boxes bought for resale, accepted; the order.
    async fn bought(&self, boxes: &str) -> String {
        let mut body = self.till.market.order(&[(self.till.goods, boxes)]);
        (body["fund"], body["purpose"]) = (json!("other"), json!("resale"));
        let id = self.clerk().post("/api/v1/orders", body).expect(201).await.str("/orders/0/id");
        self.till.market.hand_over(0, &id, &[boxes]).await;
        self.till.market.accept(&id, &[(1, boxes, "0")]).await;
        id
    }
    fn report(&self, sales: &[Value]) -> Ask {
        feed(self.clerk(), &self.venue, sales)
    }
    async fn reported(&self, sales: &[Value]) -> Answered {
        self.report(sales).expect(200).await
    }
    /// What a reader's report says in total: total, certified, sourced, added.
    async fn totals(&self, reader: &Person, query: &str) -> [i64; 4] {
        amounts(&reader.get(&format!("{REPORT}?from=2021-01&to=2021-12{query}")).expect(200).await.json()["total"])
    }
}

fn feed(clerk: &Person, venue: &str, sales: &[Value]) -> Ask {
    let key = format!("feed-{}", KEYS.fetch_add(1, Ordering::SeqCst));
    clerk.bare_post(&format!("{VENUES}/{venue}/feeds"), json!({ "sales": sales })).key(&key)
}

fn venue(operator: &Person, kind: &str, name: &str) -> Value {
    json!({ "operator_id": operator.org_id, "kind": kind, "name": name, "region_code": "640104", "place": "解放东街1号",
        "opened_on": "2021-01-01" })
}

/// Goods of Yanchi without a certificate.
fn sale(receipt: &str, day: &str, fen: i64) -> Value {
    json!({ "receipt_no": receipt, "sold_on": day, "name": "滩羊肉", "county": "640323", "quantity": "1", "unit": "袋", "amount_fen": fen })
}

/// Of these, so many boxes of an order's first line fetched so much.
fn sourced(receipt: &str, day: &str, fen: i64, (order, boxes, of_it): (&str, &str, i64)) -> Value {
    let mut sale = sale(receipt, day, fen);
    sale.as_object_mut().unwrap().remove("county");
    sale["sources"] = json!([{ "order_id": order, "line_no": 1, "quantity": boxes, "amount_fen": of_it }]);
    sale
}

fn amounts(view: &Value) -> [i64; 4] {
    ["total_fen", "certified_fen", "sourced_fen", "added_fen"].map(|name| view[name].as_i64().unwrap())
}

/// Everything on the pages behind a link: the sums of total and remainder.
async fn behind(who: &Person, link: &str) -> (i64, i64) {
    let (mut sums, mut next) = ((0, 0), format!("{link}&limit=2"));
    loop {
        let page = who.get(&next).expect(200).await.json();
        for item in page["items"].as_array().unwrap() {
            sums.0 += item["total_fen"].as_i64().unwrap();
            sums.1 += item["added_fen"].as_i64().unwrap();
        }
        let Some(cursor) = page["next_cursor"].as_str() else { return sums };
        next = format!("{link}&limit=2&cursor={cursor}");
    }
}

/// No entry differs from what was reported.
async fn sound(app: &TestApp) {
    assert_eq!(app.read(yigou::venues::verify).await.unwrap(), Vec::<String>::new());
}
