//! 以购代捐 outside the platform, end to end: declared, verified by three offices, corrected, counted.

mod entries;
mod histories;
mod imports;
mod life;
mod numbers;
mod persons;
mod report;

use crate::documents::{PDF, store};
use crate::support::people::Person;
use crate::support::{Answered, TestApp};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use yigou::kernel::actor::{OrgKind, Role};

pub const ACTIVITIES: &str = "/api/v1/donation-activities";
pub const SALES: &str = "/api/v1/helped-sales";
pub const VILLAGE: &str = "640323100201";
pub const TOWNSHIP: &str = "640323100";

static COUNT: AtomicU64 = AtomicU64::new(1);

/// A document number that no other declaration has.
pub fn number() -> String {
    format!("盐扶〔2021〕{}号", COUNT.fetch_add(1, Ordering::SeqCst))
}

/// The offices of a village, its township and its county, and who declares: a unit of the county.
pub struct Scene {
    pub village: Person,
    pub township: Person,
    pub county: Person,
    pub organiser: Person,
    pub proof: String,
}

pub async fn office(app: &TestApp, region: &str) -> Person {
    app.new_person(OrgKind::PovertyOffice, region, &[Role::Reviewer]).await
}

pub async fn proof(person: &Person) -> String {
    store(person, "proof.pdf", "evidence", "application/pdf", PDF).await.id()
}

impl Scene {
    pub async fn set(app: &TestApp) -> Scene {
        let organiser = app.new_person(OrgKind::BudgetUnit, "640323", &[Role::Trader]).await;
        let proof = proof(&organiser).await;
        let (village, township) = (office(app, VILLAGE).await, office(app, TOWNSHIP).await);
        Scene { village, township, county: office(app, "640323").await, organiser, proof }
    }

    /// An activity of one unit, one cadre and one line, to be submitted at once.
    pub fn body(&self) -> Value {
        declaration(&self.proof)
    }

    /// Declares and submits: its id.
    pub async fn submitted(&self, body: Value) -> String {
        self.organiser.post(ACTIVITIES, body).expect(201).await.id()
    }

    /// Has the offices verify what was submitted, as far as it goes.
    pub async fn verify(&self, list: &str, id: &str) {
        for office in [&self.village, &self.township, &self.county] {
            decide(office, list, id, "verify").await.expect(200).await;
        }
    }

    /// Declares, submits and has it verified: its id.
    pub async fn verified(&self, list: &str, body: Value) -> String {
        let id = self.organiser.post(list, body).expect(201).await.id();
        self.verify(list, &id).await;
        id
    }
}

pub fn declaration(proof: &str) -> Value {
    json!({
        "held_on": "2021-02-20", "region_code": VILLAGE, "place": "村委会广场", "title": "消费扶贫集市", "document_number": number(),
        "units": [{ "name": "盐池县教育体育局" }],
        "cadres": [{ "name": "马志远", "unit": "盐池县教育体育局" }],
        "items": [item("NX000001", "registered_poor", 12_000)],
        "file_ids": [proof], "submit": true,
    })
}

/// An activity and a helped sale that wait for an office, and a draft of each.
pub async fn declared_in(organiser: &Person, region: &str) -> [String; 4] {
    let file = proof(organiser).await;
    let mut ids = Vec::new();
    for (list, submit) in [(ACTIVITIES, true), (SALES, true), (ACTIVITIES, false), (SALES, false)] {
        let mut body = declaration(&file);
        (body["region_code"], body["submit"]) = (json!(region), json!(submit));
        ids.push(organiser.post(list, body).expect(201).await.id());
    }
    ids.try_into().unwrap()
}

pub fn item(household: &str, class: &str, fen: i64) -> Value {
    json!({ "product": "玉米", "quantity": "2", "measure": "box", "content": "20穗", "amount_fen": fen, "class": class,
        "household": household })
}

/// A decision about the version that is read now.
pub async fn decide(office: &Person, list: &str, id: &str, decision: &str) -> crate::support::Ask {
    let version = office.get(&format!("{list}/{id}")).expect(200).await.version();
    let mut body = json!({ "decision": decision });
    if decision != "verify" {
        body["reason"] = json!("金额与凭证不符");
    }
    office.post(&format!("{list}/{id}/verifications"), body).if_match(version)
}

/// A change of the version that is read now.
pub async fn change(person: &Person, list: &str, id: &str, what: &str, body: Value) -> crate::support::Ask {
    let version = person.get(&format!("{list}/{id}")).expect(200).await.version();
    person.post(&format!("{list}/{id}/{what}"), body).if_match(version)
}

pub async fn state(person: &Person, list: &str, id: &str) -> String {
    person.get(&format!("{list}/{id}")).expect(200).await.str("/state")
}

pub async fn report_of(person: &Person, query: &str) -> Answered {
    person.get(&format!("/api/v1/reports/donation?{query}")).expect(200).await
}

/// Count, units, cadres, households, amount, waiting.
pub fn figures(figures: &Value) -> [i64; 6] {
    ["count", "units", "cadres", "households", "amount_fen", "waiting"].map(|name| figures[name].as_i64().unwrap())
}
