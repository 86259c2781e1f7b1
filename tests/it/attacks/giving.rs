//! Records around a donation on the platform, for the world that is attacked.

use super::world::World;
use crate::payments::{Till, url};
use crate::support::TestApp;
use crate::support::market::{CITY, COUNTY};
use crate::support::people::Person;
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};

impl World {
    /// A donation of the unit's that was received in part, and a commitment of an enterprise.
    pub async fn giving(&mut self, app: &TestApp, till: &Till) {
        let mut body = till.market.order(&[(till.goods, "3")]);
        (body["purpose"], body["beneficiary_id"]) = (json!("purchase_for_donation"), json!(till.seller().org_id));
        body["recipient"] = crate::giving::school();
        let given = till.market.trader.post("/api/v1/orders", body).expect(201).await.str("/orders/0/id");
        till.market.hand_over(0, &given, &["3"]).await;
        till.market.accept(&given, &[(1, "3", "0")]).await;
        let mut received = crate::giving::received(&[(1, "1")]);
        received["proof_file"] = json!(crate::donations::proof(&till.market.trader).await);
        let told = till.market.trader.post(&url(&given, "receipts"), received).expect(201).await;
        self.keep(told.str("/receipts/0/id"));
        self.given = given;
        let enterprise = app.new_person(OrgKind::EnterpriseBuyer, CITY, &[Role::Trader]).await;
        let office = app.new_person(OrgKind::PovertyOffice, COUNTY, &[Role::Reviewer]).await;
        let commitment = json!({ "office_id": office.org_id, "year": app.ctx().at.day().year(), "amount_fen": 1000 });
        self.keep(enterprise.post("/api/v1/purchase-commitments", commitment).expect(201).await.id());
        self.venue(app, &enterprise).await;
        self.people.push(enterprise);
    }

    /// A venue in the city, and what it sold.
    async fn venue(&mut self, app: &TestApp, operator: &Person) {
        let office = app.new_person(OrgKind::PovertyOffice, CITY, &[Role::Reviewer]).await;
        let venue = json!({ "operator_id": operator.org_id, "kind": "hall", "name": "扶贫馆", "region_code": CITY, "place": "中山街",
            "opened_on": "2021-01-01" });
        let id = office.post("/api/v1/venues", venue).expect(201).await.id();
        let sale = json!({ "receipt_no": "1", "sold_on": "2021-01-02", "name": "滩羊", "county": COUNTY, "quantity": "1", "unit": "袋",
            "amount_fen": 100 });
        let feed = operator.post(&format!("/api/v1/venues/{id}/feeds"), json!({ "sales": [sale] })).expect(200).await;
        self.keep(feed.str("/added/0/id"));
        self.keep(id);
    }
}

/// Bodies about what was received that name another's paper, of a donation that may be received.
pub fn naming(about: &str, least: Value, own: &World) -> Vec<(Option<String>, Value)> {
    let path = format!("/api/v1/{about}").replace("{id}", &own.given).replace("{receipt_id}", own.id("rcp"));
    vec![(Some(path), least)]
}
