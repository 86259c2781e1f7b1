//! What those whom an order concerns are told of it: parties by name, reasons, events; on both databases.

use super::payers::tied;
use crate::payments::{Till, url};
use crate::support::people::Person;
use serde_json::{Value, json};
use yigou::identity::PayerKind;
use yigou::kernel::actor::{OrgKind, Role};

/// What the feed tells somebody of an order.
async fn told(who: &Person, order: &str) -> Vec<String> {
    let feed = who.get("/api/v1/events?after=0&limit=200").expect(200).await.json();
    let of_order = feed["items"].as_array().unwrap().iter().filter(|event| event["subject"] == json!(order));
    of_order.map(|event| event["action"].as_str().unwrap().to_owned()).collect()
}

/// What the order itself tells: `(action, by, reason)`.
async fn history(who: &Person, order: &str) -> Vec<(String, Value, Value)> {
    let order = who.get(&format!("/api/v1/orders/{order}")).expect(200).await.json();
    let events = order["history"].as_array().unwrap().iter();
    events.map(|e| (e["action"].as_str().unwrap().to_owned(), e["by"].clone(), e["reason"].clone())).collect()
}

on_both! {
    async fn an_order_names_its_parties_and_tells_why_it_ended(app) {
        let till = Till::open(app).await;
        let (trader, seller) = (&till.market.trader, till.seller());
        let [declined, cancelled] = [till.market.place(&[(till.goods, "1")]).await, till.market.place(&[(till.goods, "1")]).await];
        seller.post(&url(&declined, "declines"), json!({ "reason": "仓库进水" })).expect(200).await;
        trader.post(&url(&cancelled, "cancellations"), json!({ "reason": "食堂停业" })).expect(200).await;
        let (buys, sells) = (json!(trader.org_id), json!(seller.org_id));
        for who in [trader, seller] {
            let placed = ("order.placed".to_owned(), buys.clone(), Value::Null);
            let ended = ("order.declined".to_owned(), sells.clone(), json!("仓库进水"));
            assert_eq!(history(who, &declined).await, [placed.clone(), ended]);
            let ended = ("order.cancelled".to_owned(), buys.clone(), json!("食堂停业"));
            assert_eq!(history(who, &cancelled).await, [placed, ended]);
            let listed = who.get("/api/v1/orders").expect(200).await.json();
            assert_eq!(listed["items"].as_array().unwrap().len(), 2, "{listed}");
            let shown = who.get(&format!("/api/v1/orders/{declined}")).expect(200).await.json();
            for order in listed["items"].as_array().unwrap().iter().chain([&shown]) {
                for (party, id) in [("supplier", &sells), ("buyer", &buys), ("unit", &buys), ("payer", &buys)] {
                    let party = &order["parties"][party];
                    let asked = id.as_str().unwrap().parse().unwrap();
                    let known = app.read(move |read| yigou::identity::organisation(read, asked)).await.unwrap();
                    assert_eq!(party, &json!({ "id": id, "name": known.name, "uscc": known.uscc }), "{order}");
                }
                assert_eq!(order["parties"]["beneficiary"], Value::Null);
            }
        }
    }

    async fn whoever_counts_or_pays_an_order_is_told_of_it(app) {
        let till = Till::open(app).await;
        let unit = till.market.trader.org_id;
        let auditors = [Role::Auditor];
        let centre = app.new_person(OrgKind::BudgetUnit, "640104", &auditors).await;
        let stranger = app.new_person(OrgKind::BudgetUnit, "640104", &auditors).await;
        tied(app, unit, centre.org_id, PayerKind::AccountingCentre).await;
        let mut body = till.market.order(&[(till.goods, "1")]);
        body["payer_id"] = json!(centre.org_id);
        let order = till.market.trader.post("/api/v1/orders", body).expect(201).await.str("/orders/0/id");
        till.market.hand_over(0, &order, &["1"]).await;
        // The contractor's order is its unit's, too.
        let contractor = app.new_person(OrgKind::Contractor, "640104", &[Role::Trader]).await;
        let served = contractor.org_id;
        app.write(move |tx| yigou::identity::tie_contractor(tx, None, served, unit, "2020-01-01".parse().unwrap(), None)).await.unwrap();
        let mut body = till.market.order(&[(till.goods, "1")]);
        body["unit_id"] = json!(unit);
        let bought = contractor.post("/api/v1/orders", body).expect(201).await.str("/orders/0/id");
        app.run_jobs().await;
        for who in [&centre, &till.market.trader, till.seller()] {
            assert_eq!(told(who, &order).await, ["order.placed", "order.confirmed", "order.shipped"]);
        }
        // Who pays sees what it pays, though the unit is none of its tree.
        assert_eq!(history(&centre, &order).await.len(), 3);
        let listed = async |who: &Person| {
            let orders = who.get("/api/v1/orders").expect(200).await.json();
            orders["items"].as_array().unwrap().iter().map(|o| o["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(listed(&centre).await, std::slice::from_ref(&order));
        assert!(listed(&stranger).await.is_empty());
        till.market.accept(&order, &[(1, "1", "0")]).await;
        let payer = app.person(centre.org_id, &[Role::Payer]).await;
        let body = json!({ "items": [{ "amount_fen": 1000, "orders": [{ "order_id": order }] }] });
        assert_eq!(payer.post("/api/v1/payments", body).expect(200).await.int("/items/0/status"), 201);
        for (who, count) in [(&centre, 1), (&stranger, 0)] {
            let payments = who.get("/api/v1/payments").expect(200).await.json();
            assert_eq!(payments["items"].as_array().unwrap().len(), count, "{payments}");
        }
        for (who, sees) in [(&till.market.trader, true), (&contractor, true), (&centre, false), (&stranger, false)] {
            assert_eq!(told(who, &bought).await.len(), usize::from(sees), "{}", who.email);
        }
        assert!(told(&stranger, &order).await.is_empty());
    }
}
