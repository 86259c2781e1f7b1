//! Household linkage end to end: lists, double claims, counts, the yearly re-check, matches.

mod counting;
mod doubles;
mod lists;
mod matches;
mod rechecks;

use crate::catalogue::{product, supplier};
use crate::support::people::Person;
use crate::support::{Answered, TestApp};
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};

pub const LISTS: &str = "/api/v1/household-lists";
pub const DOUBLES: &str = "/api/v1/household-double-claims";

/// A supplier with a product.
pub struct Producer {
    pub seller: Person,
    pub product: String,
}

/// The offices of 盐池, 吴忠 and 宁夏, and two suppliers of 盐池.
pub struct Scene {
    pub county: Person,
    pub prefecture: Person,
    pub province: Person,
    pub first: Producer,
    pub second: Producer,
}

pub async fn producer(app: &TestApp, county: &str, name: &str) -> Producer {
    let seller = supplier(app, OrgKind::Cooperative, county, name).await;
    let product = product(&seller, &format!("{name}的滩羊"), county).await;
    Producer { seller, product }
}

impl Scene {
    pub async fn set(app: &TestApp) -> Scene {
        let office = |region: &'static str| app.new_person(OrgKind::PovertyOffice, region, &[Role::Reviewer]);
        let (county, prefecture, province) = (office("640323").await, office("640300").await, office("640000").await);
        let (first, second) = (producer(app, "640323", "甲合作社").await, producer(app, "640323", "乙合作社").await);
        Scene { county, prefecture, province, first, second }
    }
}

/// A household's number.
pub fn household(n: u64) -> String {
    format!("NX{n:06}")
}

pub fn row(identity: &str, kind: &str) -> Value {
    json!({ "identity": identity, "kind": kind, "class": "registered_poor", "persons": 4, "amount_fen": 100_000 })
}

pub fn body(product: &str, year: i64, items: Vec<Value>) -> Value {
    json!({ "product_id": product, "year": year, "items": items })
}

impl Producer {
    /// Files a list: its answer.
    pub async fn file(&self, year: i64, items: Vec<Value>) -> Answered {
        self.seller.post(LISTS, body(&self.product, year, items)).expect(201).await
    }
}

/// Every item of a list, page after page.
pub async fn all(person: &Person, path: &str) -> Vec<Value> {
    let (mut items, mut next) = (Vec::new(), path.to_owned());
    let joint = if path.contains('?') { '&' } else { '?' };
    loop {
        let page = person.get(&next).expect(200).await.json();
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("{path}{joint}cursor={cursor}"),
            None => return items,
        }
    }
}

/// The rows of a list: number, state, whether it is disputed.
pub async fn states(person: &Person, list: &str) -> Vec<(String, bool)> {
    let rows = all(person, &format!("{LISTS}/{list}/rows")).await;
    rows.iter().map(|row| (row["state"].as_str().unwrap().to_owned(), row["disputed"] == true)).collect()
}

/// The actions that the person's feed shows of a list.
pub async fn told(app: &TestApp, person: &Person, list: &str) -> Vec<String> {
    app.run_jobs().await;
    let events = person.get("/api/v1/events?after=0&limit=200").expect(200).await.json();
    let of_list = events["items"].as_array().unwrap().iter().filter(|event| event["subject"] == list);
    of_list.map(|event| event["action"].as_str().unwrap().to_owned()).collect()
}
