//! Certification end to end: applications, notices, objections, certificates, renewals.

mod applications;
mod batches;
mod certificates;
mod documents;
mod households;
mod objections;
mod papers;
mod queue;
pub mod safety;
mod schemes;

use crate::catalogue::{product, supplier};
use crate::support::people::Person;
use crate::support::{Answered, TestApp};
use diesel::RunQueryDsl;
use diesel::sql_types::{BigInt, Binary, Text};
use serde_json::{Value, json};
use yigou::each;
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::ids::FileId;

pub const APPLICATIONS: &str = "/api/v1/certification-applications";

/// The three offices of 红寺堡's chain, each with a reviewer.
pub struct Offices {
    pub county: Person,
    pub prefecture: Person,
    pub province: Person,
}

pub async fn offices(app: &TestApp) -> Offices {
    let office = |region: &'static str| app.new_person(OrgKind::PovertyOffice, region, &[Role::Reviewer]);
    Offices { county: office("640303").await, prefecture: office("640300").await, province: office("640000").await }
}

pub async fn scheme(app: &TestApp) -> String {
    app.get("/api/v1/schemes").expect(200).await.str("/items/0/id")
}

/// A file of the person's organisation, as an upload leaves it.
pub async fn file(app: &TestApp, owner: &Person) -> String {
    let owner = owner.clone();
    let id: FileId = app
        .write(move |tx| {
            let (id, at): (FileId, _) = (tx.new_id(), tx.at().0);
            let sql = "INSERT INTO files (id, org_id, region_code, name, content_type, size_bytes, sha256, class, uploaded_by, at)
                VALUES ($1, $2, $3, '检验报告.pdf', 'application/pdf', 10, $4, 'evidence', $5, $6)";
            each!(tx, c => diesel::sql_query(sql).bind::<Binary, _>(id.0.to_vec()).bind::<Binary, _>(owner.org_id.0.to_vec())
                .bind::<Text, _>(owner.region.to_string()).bind::<Binary, _>(id.0.repeat(2)).bind::<Binary, _>(owner.user_id.0.to_vec())
                .bind::<BigInt, _>(at).execute(c))?;
            Ok(id)
        })
        .await
        .unwrap();
    id.to_string()
}

/// A list of households, brought as it must be: its id.
pub async fn household_list(owner: &Person) -> String {
    let list = "户主 马某 家庭人口 5 人".as_bytes();
    crate::documents::store(owner, "%E8%8A%B1%E5%90%8D%E5%86%8C.txt", "restricted", "text/plain", list).await.id()
}

pub fn quality(file: &str) -> Value {
    let indication = json!([{ "mark": "geographical_indication", "number": "AGI00123", "expires_on": "2035-12-31" }]);
    json!({ "element": "quality", "file_ids": [file], "quality":
        { "proof": "food_licence", "number": "SC10164030300013", "expires_on": "2035-12-31", "marks": indication } })
}
pub fn price() -> Value {
    json!({ "element": "price", "price": { "proof": "link", "link": "https://shop.example/gouqi", "like_price_fen": 3980, "like_unit": "500克" } })
}
pub fn linkage(file: &str, households: i64) -> Value {
    json!({ "element": "linkage", "file_ids": [file],
        "linkage": { "kind": "business", "class": "registered_poor", "households": households, "persons": households * 3, "yearly_fen": 1_200_000 } })
}

/// A draft with evidence of all three elements: its id.
pub async fn with_evidence(app: &TestApp, seller: &Person, drafted: &Answered) -> String {
    let (id, file, list) = (drafted.id(), file(app, seller).await, household_list(seller).await);
    for body in [quality(&file), price(), linkage(&list, 12)] {
        seller.post(&format!("{APPLICATIONS}/{id}/evidence"), body).expect(201).await;
    }
    id
}

/// A submitted application of a new supplier for a new product.
pub async fn submitted(app: &TestApp, seller: &Person, name: &str) -> String {
    submitted_product(app, seller, &product(seller, name, "640303").await).await
}

/// An application for a product that is there, handed in.
pub async fn submitted_product(app: &TestApp, seller: &Person, product: &str) -> String {
    let body = json!({ "scheme_id": scheme(app).await, "product_id": product });
    let drafted = seller.post(APPLICATIONS, body).expect(201).await;
    let id = with_evidence(app, seller, &drafted).await;
    let handed_in = seller.post(&format!("{APPLICATIONS}/{id}/submission"), json!({})).expect(200).await;
    assert_eq!((handed_in.str("/state").as_str(), handed_in.str("/step").as_str()), ("in_review", "county_review"));
    id
}

pub async fn cooperative(app: &TestApp, name: &str) -> Person {
    supplier(app, OrgKind::Cooperative, "640303", name).await
}

/// What a reviewer reads before deciding.
pub async fn version(reviewer: &Person, id: &str) -> i64 {
    reviewer.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.version()
}

pub fn ask_review(reviewer: &Person, id: &str, version: i64, body: Value) -> crate::support::Ask {
    reviewer.post(&format!("{APPLICATIONS}/{id}/reviews"), body).if_match(version)
}

pub async fn approve(reviewer: &Person, id: &str) -> Answered {
    let version = version(reviewer, id).await;
    ask_review(reviewer, id, version, json!({ "decision": "approve" })).expect(200).await
}

/// The open notice of an application, and the morning after its last day.
pub async fn notice(reviewer: &Person, id: &str) -> (String, String) {
    let detail = reviewer.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.json();
    let open = detail["notices"].as_array().unwrap().iter().find(|n| n["status"] == "open").unwrap().clone();
    let last: yigou::kernel::time::Day = open["ends_on"].as_str().unwrap().parse().unwrap();
    (open["id"].as_str().unwrap().to_owned(), last.plus_days(1).to_string())
}

/// Receives an objection and notes what was found, as it must be before it is upheld.
pub async fn verified(reviewer: &Person, objection: &str) {
    let to = json!({ "user_id": reviewer.user_id.to_string() });
    reviewer.post(&format!("/api/v1/objections/{objection}/receptions"), to).expect(200).await;
    let found = json!({ "findings": "现场核查属实" });
    reviewer.post(&format!("/api/v1/objections/{objection}/verifications"), found).expect(200).await;
}

/// From a submitted application to its certificate's number; the clock stands after the notice.
pub async fn certified(app: &TestApp, offices: &Offices, id: &str) -> String {
    approve(&offices.county, id).await;
    let (_, after) = notice(&offices.county, id).await;
    app.clock.set_day(&after);
    approve(&offices.prefecture, id).await;
    approve(&offices.province, id).await;
    offices.county.get(&format!("{APPLICATIONS}/{id}")).expect(200).await.str("/certificate_number")
}
