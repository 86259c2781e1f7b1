//! Small units: whom the supervising unit allows to report the payment of what they accepted.

use super::url;
use crate::payments::Till;
use crate::support::TestApp;
use crate::support::people::Person;
use actix_web::http::Method;
use diesel::RunQueryDsl;
use diesel::sql_types::{BigInt, Binary};
use serde_json::{Value, json};
use yigou::each;
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::ids::OrgId;

const PATH: &str = "/api/v1/duty-exceptions";

pub async fn staff(app: &TestApp, org: OrgId, count: i64) {
    app.write(move |tx| {
        let sql = "UPDATE organisations SET staff_count = $1 WHERE id = $2";
        let query = diesel::sql_query(sql).bind::<BigInt, _>(count).bind::<Binary, _>(org.0.to_vec());
        Ok(each!(tx, c => query.execute(c)).map(drop)?)
    })
    .await
    .unwrap();
}

/// A budget unit of two people.
pub async fn small_unit(app: &TestApp) -> OrgId {
    let unit = app.organisation(OrgKind::BudgetUnit, "640104").await;
    staff(app, unit, 2).await;
    unit
}

fn wanted(unit: OrgId, from: &str, until: &str) -> Value {
    json!({ "unit_id": unit, "valid_from": from, "valid_until": until, "reason": "全单位仅两人" })
}

/// An order that the person has accepted.
async fn accepted_by(till: &Till, who: &Person) -> String {
    let order = till.market.deliver(0, &[(till.goods, "1")]).await;
    let lines = json!({ "lines": [{ "line_no": 1, "accepted": "1" }] });
    who.post(&url(&order, "acceptances"), lines).expect(201).await;
    order
}

async fn asked_to_pay(who: &Person) -> usize {
    let items = who.get("/api/v1/tasks").expect(200).await.json()["items"].as_array().unwrap().clone();
    items.iter().filter(|task| task["kind"] == "report_payment").count()
}

on_both! {
    async fn who_accepts_reports_the_payment_only_in_a_small_unit_that_may(app) {
        let till = Till::open(app).await;
        let unit = till.market.trader.org_id;
        let both = app.person(unit, &[Role::Acceptor, Role::Payer]).await;
        let supervisor = app.new_person(OrgKind::BudgetUnit, "640104", &[Role::Reviewer]).await;
        let stranger = app.new_person(OrgKind::BudgetUnit, "640104", &[Role::Reviewer]).await;
        let own = app.person(unit, &[Role::Reviewer]).await;
        app.supervise(unit, supervisor.org_id).await;
        let order = accepted_by(&till, &both).await;
        let pay = || both.post(&url(&order, "payments"), json!({ "amount_fen": 1000 }));
        pay().refused("separation_of_duties").await;
        let grant = |who: &Person, from: &str, until: &str| who.post(PATH, wanted(unit, from, until));
        // Three people are enough to keep the duties apart.
        staff(app, unit, 3).await;
        assert_eq!(grant(&supervisor, "2021-03-01", "2021-03-31").refused("validation_failed").await.pointers(), ["/unit_id"]);
        staff(app, unit, 2).await;
        grant(&stranger, "2021-03-01", "2021-03-31").refused("not_found").await;
        grant(&own, "2021-03-01", "2021-03-31").refused("not_found").await;
        assert_eq!(grant(&supervisor, "2021-03-31", "2021-03-30").refused("validation_failed").await.pointers(), ["/valid_until"]);
        pay().refused("separation_of_duties").await;
        assert_eq!(asked_to_pay(&both).await, 0);
        let given = grant(&supervisor, "2021-03-01", "2021-03-31").expect(201).await;
        assert_eq!(asked_to_pay(&both).await, 1);
        pay().expect(201).await;
        // Who orders never accepts, exception or not.
        let alone = app.person(unit, &[Role::Trader, Role::Acceptor]).await;
        let self_made = alone.post("/api/v1/orders", till.market.order(&[(till.goods, "1")])).expect(201).await.str("/orders/0/id");
        crate::support::market::confirm(till.seller(), &self_made).expect(200).await;
        till.seller().post(&url(&self_made, "shipments"), json!({ "lines": [{ "line_no": 1, "lot": "A", "quantity": "1" }] })).expect(201).await;
        let lines = json!({ "lines": [{ "line_no": 1, "accepted": "1" }] });
        alone.post(&url(&self_made, "acceptances"), lines.clone()).refused("separation_of_duties").await;
        // In whatever order the two come.
        let early = till.market.deliver(0, &[(till.goods, "1")]).await;
        both.post(&url(&early, "payments"), json!({ "amount_fen": 1000 })).expect(201).await;
        both.post(&url(&early, "acceptances"), lines).expect(201).await;
        // It is listed for the unit, for who supervises it and for its finance bureau.
        let bureau = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Auditor]).await;
        for who in [&supervisor, &own, &bureau] {
            let listed = who.get(PATH).expect(200).await;
            assert_eq!((listed.str("/items/0/id"), listed.str("/items/0/granted_by_org")), (given.id(), supervisor.org_id.to_string()));
        }
        assert_eq!(stranger.get(PATH).expect(200).await.json()["items"], json!([]));
        // A third person has come: it does not hold any more, and again when there are two.
        let later = accepted_by(&till, &both).await;
        let pay_later = || both.post(&url(&later, "payments"), json!({ "amount_fen": 1000 }));
        staff(app, unit, 3).await;
        pay_later().refused("separation_of_duties").await;
        staff(app, unit, 2).await;
        app.clock.set_day("2021-04-01");
        pay_later().refused("separation_of_duties").await;
        assert_eq!(asked_to_pay(&both).await, 0);
        // Ended early, it holds no more from that day on.
        let second = grant(&supervisor, "2021-04-01", "2021-12-31").expect(201).await;
        let end = |who: &Person| who.request(Method::POST, &format!("{PATH}/{}/revocation", second.id())).key(&format!("end-{}", who.org_id));
        end(&stranger).refused("not_found").await;
        end(&supervisor).expect(200).await;
        pay_later().refused("separation_of_duties").await;
    }
}
