//! Supervision end to end: findings, complaints, random inspections.

mod complaints;
mod findings;
mod inspections;
mod prices;
mod reminders;
mod scores;

use crate::catalogue::{list, product, supplier};
use crate::certification::file;
use crate::support::TestApp;
use crate::support::people::Person;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};

pub const FINDINGS: &str = "/api/v1/findings";

/// The offices of 盐池, 吴忠 and 宁夏, and a supplier of 盐池 with goods on sale.
pub struct Scene {
    pub county: Person,
    pub prefecture: Person,
    pub province: Person,
    pub seller: Person,
    pub product: String,
    pub listing: String,
}

impl Scene {
    pub async fn set(app: &TestApp) -> Scene {
        let office = |region: &'static str| app.new_person(OrgKind::PovertyOffice, region, &[Role::Reviewer]);
        let (county, prefecture, province) = (office("640323").await, office("640300").await, office("640000").await);
        let seller = supplier(app, OrgKind::Cooperative, "640323", "盐池滩羊合作社").await;
        let product = product(&seller, "盐池滩羊", "640323").await;
        let listing = list(&seller, &product, 5000).await;
        Scene { county, prefecture, province, seller, product, listing }
    }
    /// Everybody here gets mail.
    pub async fn reachable(&self, app: &TestApp) {
        for person in [&self.county, &self.prefecture, &self.province, &self.seller] {
            app.reachable(person).await;
        }
    }
}

/// The person is a reviewer of another's office as well: its id.
pub async fn reviews_too(app: &TestApp, person: &Person, office: &Person) -> String {
    let (user, org) = (person.user_id, office.org_id);
    app.write(move |tx| yigou::identity::add_membership(tx, None, user, org, &[Role::Reviewer])).await.unwrap();
    org.to_string()
}

/// The words of the mails that wait for a person.
pub async fn mailed(app: &TestApp, person: &Person) -> Vec<String> {
    app.mails().await.into_iter().filter(|mail| mail.to == person.email).map(|mail| mail.text).collect()
}
