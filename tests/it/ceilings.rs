//! Who may spend canteen money, and rule rows that hold for one fund only; on both databases.

use crate::reporting::approved;
use crate::support::market::{CITY, Market};
use crate::support::people::Person;
use crate::support::{Answered, TestApp};
use serde_json::{Value, json};
use yigou::identity;
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::ids::ListingId;

/// A unit of the market with a plan that is approved.
async fn planned(app: &TestApp, market: &Market, plan: Value, reviewers: [&Person; 2]) {
    app.supervise(market.trader.org_id, reviewers[0].org_id).await;
    approved(app, market.trader.org_id, plan, reviewers).await;
}

async fn add_rule(operator: &Person, name: &str, fund: &str, value: &str) {
    let row = json!({ "name": name, "fund": fund, "region_code": CITY, "effective_from": "2021-03-01", "value": value, "source": "测试通知" });
    operator.post("/api/v1/rules", row).expect(201).await;
}

/// Orders boxes for a fund.
async fn ask(market: &Market, goods: ListingId, boxes: &str, fund: &str) -> Answered {
    let mut body = market.order(&[(goods, boxes)]);
    body["fund"] = json!(fund);
    market.trader.post("/api/v1/orders", body).send().await
}

fn code(answered: &Answered) -> Value {
    answered.json()["code"].clone()
}

on_both! {
    async fn who_plans_no_canteen_food_orders_none(app) {
        let host = Market::open(app, 1).await;
        let goods = host.listing(app, 0, 1000, "1000", false).await;
        let (none, member) = (host.of_unit(app).await, host.of_unit(app).await);
        let bureau = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Reviewer]).await;
        let head = app.new_person(OrgKind::BudgetUnit, CITY, &[Role::Reviewer]).await;
        // Buying does not wait for the plan.
        for market in [&host, &none, &member] {
            assert_eq!(ask(market, goods, "1", "canteen").await.status, 201);
        }
        let representative = host.trader.org_id;
        let by = [&head, &bureau];
        planned(app, &none, json!({ "year": 2021, "canteen_mode": "none", "submit": true }), by).await;
        planned(app, &member, json!({ "year": 2021, "canteen_mode": "shared_member", "representative_id": representative, "submit": true }), by).await;
        planned(app, &host, json!({ "year": 2021, "canteen_mode": "shared_representative", "submit": true,
            "canteen": { "total_fen": 5000, "ratio_ppm": 100_000 } }), by).await;
        let name = app.read(move |read| identity::organisation(read, representative)).await.unwrap().name;
        let represented = |refused: &Answered| {
            assert_eq!((code(refused), refused.json()["representative_id"].clone()), (json!("fund_not_allowed"), json!(representative)));
            assert!(refused.str("/detail").contains(&name) && refused.pointers() == ["/fund"], "{}", refused.text());
        };
        assert_eq!(code(&ask(&none, goods, "1", "canteen").await), json!("ceiling_exceeded"));
        represented(&ask(&member, goods, "1", "canteen").await);
        assert_eq!(ask(&member, goods, "1", "union").await.status, 201);
        assert_eq!(code(&ask(&host, goods, "5", "canteen").await), json!("ceiling_exceeded"));
        assert_eq!(ask(&host, goods, "4", "canteen").await.status, 201);
        // Where the ceiling only warns, a member is told all the same who orders.
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        add_rule(&operator, "ceiling_mode", "canteen", "warn").await;
        for market in [&host, &none] {
            assert_eq!(ask(market, goods, "9", "canteen").await.status, 201);
        }
        represented(&ask(&member, goods, "1", "canteen").await);
        let clerk = app.person(representative, &[Role::Manager]).await;
        let live = clerk.get(&format!("/api/v1/budget-units/{representative}/quota/2021")).expect(200).await;
        assert_eq!((live.str("/ceiling_mode"), live.int("/funds/0/remaining_fen")), ("warn".into(), 5000 - 14_000));
    }

    async fn the_rows_of_an_orders_fund_decide_and_are_frozen(app) {
        let market = Market::open(app, 1).await;
        let goods = market.listing(app, 0, 1000, "1000", false).await;
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        add_rule(&operator, "quota_product_rule", "union", "both").await;
        add_rule(&operator, "confirm_days", "union", "5").await;
        add_rule(&operator, "ceiling_mode", "union", "warn").await;
        for (fund, qualifies, confirm_by, frozen) in [
            ("canteen", true, "2021-03-04T00:00:00.000+08:00", ["either", "2", "refuse"]),
            ("union", false, "2021-03-09T00:00:00.000+08:00", ["both", "5", "warn"]),
        ] {
            let placed = ask(&market, goods, "1", fund).await;
            let order = market.trader.get(&format!("/api/v1/orders/{}", placed.str("/orders/0/id"))).expect(200).await;
            assert_eq!((order.json()["lines"][0]["qualifies"].clone(), order.str("/confirm_by")), (json!(qualifies), confirm_by.to_owned()));
            let rules = order.json()["rules"].as_array().unwrap().clone();
            let value = |name: &str| rules.iter().find(|rule| rule["name"] == name).map(|rule| rule["value"].as_str().unwrap().to_owned());
            assert_eq!(["quota_product_rule", "confirm_days", "ceiling_mode"].map(|name| value(name).unwrap()), frozen);
        }
    }
}
