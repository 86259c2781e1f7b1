//! Who gets the goods: named with the order, put right before anything is shipped.

use super::{Giving, here, school};
use crate::payments::url;
use crate::support::market::{CITY, confirm};
use serde_json::{Value, json};
use yigou::kernel::actor::{OrgKind, Role};

fn named(recipient: Value) -> Value {
    json!({ "recipient": recipient, "reason": "受益单位有误" })
}

on_both! {
    async fn a_donation_names_who_gets_the_goods(app) {
        let giving = Giving::open(app).await;
        let lines = [(giving.till.goods, "2")];
        let order = giving.place(&lines, school()).await;
        let shown = giving.trader().get(&format!("/api/v1/orders/{order}")).expect(200).await;
        assert_eq!(shown.str("/recipient/name"), "西吉县将台堡镇中心小学");
        assert_eq!((shown.str("/recipient/kind"), shown.str("/recipient/contact")), ("school".into(), "王老师".into()));
        // The supplier brings it there.
        let sold = giving.seller().get(&format!("/api/v1/orders/{order}")).expect(200).await;
        assert_eq!(sold.str("/recipient/phone"), "0954-3010000");
        // An organisation of the platform by its id has its own name, region and code.
        let hospital = app.new_person(OrgKind::BudgetUnit, "640422", &[Role::Acceptor]).await;
        let order = giving.place(&lines, here(&hospital)).await;
        let shown = giving.trader().get(&format!("/api/v1/orders/{order}")).expect(200).await;
        assert_eq!(shown.str("/recipient/organisation_id"), hospital.org_id.to_string());
        assert_eq!(shown.str("/recipient/region_code"), "640422");
        let code = shown.str("/recipient/credit_code");
        // It is the same one by its credit code, so that nobody else confirms in its place.
        let mut by_code = school();
        by_code["credit_code"] = json!(code);
        let order = giving.place(&lines, by_code).await;
        let shown = giving.trader().get(&format!("/api/v1/orders/{order}")).expect(200).await;
        assert_eq!(shown.str("/recipient/organisation_id"), hospital.org_id.to_string());
    }

    async fn everything_wrong_with_a_recipient_is_named(app) {
        let giving = Giving::open(app).await;
        let lines = [(giving.till.goods, "2")];
        let at = async |recipient: Value| {
            let body = giving.order(&lines, Some(recipient));
            giving.trader().post("/api/v1/orders", body).refused("validation_failed").await.pointers()
        };
        let bare = json!({ "kind": "school", "contact": "王老师", "phone": "0954-3010000" });
        assert_eq!(at(bare.clone()).await, ["/recipient/name", "/recipient/region_code"]);
        let with = |name: &str, value: Value| {
            let mut body = bare.clone();
            body[name] = value;
            body
        };
        assert_eq!(at(with("organisation_id", json!(giving.seller().org_id))).await, ["/recipient/organisation_id"]);
        assert_eq!(at(with("organisation_id", json!(giving.trader().org_id))).await, ["/recipient/organisation_id"]);
        assert_eq!(at(with("organisation_id", json!(crate::support::sample::absent("org")))).await, ["/recipient/organisation_id"]);
        let mut nowhere = school();
        nowhere["region_code"] = json!("649999");
        assert_eq!(at(nowhere).await, ["/recipient/region_code"]);
        // Only a donation has one; it need not have one.
        let mut own_use = giving.order(&lines, Some(school()));
        (own_use["purpose"], own_use["beneficiary_id"]) = (json!("own_use"), Value::Null);
        assert_eq!(giving.trader().post("/api/v1/orders", own_use).refused("validation_failed").await.pointers(), ["/recipient"]);
        giving.trader().post("/api/v1/orders", giving.order(&lines, None)).expect(201).await;
    }

    async fn it_is_put_right_before_anything_is_shipped(app) {
        let giving = Giving::open(app).await;
        let lines = [(giving.till.goods, "2")];
        let order = giving.place(&lines, school()).await;
        let mut other = school();
        other["name"] = json!("西吉县兴隆镇卫生院");
        other["kind"] = json!("hospital");
        let put = giving.trader().post(&url(&order, "recipients"), named(other.clone())).expect(201).await;
        assert_eq!((put.str("/recipient/name"), put.str("/recipient/kind")), ("西吉县兴隆镇卫生院".into(), "hospital".into()));
        assert!(!put.json()["recipient"]["corrected_at"].is_null());
        // The trail says what it was, without telling whom to call.
        app.run_jobs().await;
        let feed = giving.trader().get("/api/v1/events?after=0&limit=200").expect(200).await;
        let events = feed.json()["items"].as_array().unwrap().clone();
        let event = events.iter().find(|event| event["action"] == "order.recipient_named").unwrap();
        assert_eq!(event["details"]["before"]["name"], "西吉县将台堡镇中心小学");
        assert!(!feed.text().contains("0954-3010000"));
        // Nobody else does it.
        let stranger = app.new_person(OrgKind::EnterpriseBuyer, CITY, &[Role::Trader]).await;
        stranger.post(&url(&order, "recipients"), named(other.clone())).refused("not_found").await;
        confirm(giving.seller(), &order).expect(200).await;
        giving.trader().post(&url(&order, "recipients"), named(school())).expect(201).await;
        let ship = json!({ "lines": [{ "line_no": 1, "lot": "A1", "quantity": "1" }] });
        giving.seller().post(&url(&order, "shipments"), ship).expect(201).await;
        giving.trader().post(&url(&order, "recipients"), named(other.clone())).refused("wrong_state").await;
        // Where nobody was named it is said later as well, but once.
        let body = giving.order(&lines, None);
        let unnamed = giving.trader().post("/api/v1/orders", body).expect(201).await.str("/orders/0/id");
        giving.till.market.hand_over(0, &unnamed, &["2"]).await;
        giving.trader().post(&url(&unnamed, "recipients"), named(other.clone())).expect(201).await;
        giving.trader().post(&url(&unnamed, "recipients"), named(school())).refused("wrong_state").await;
        // Of an order that is no donation there is none.
        let mut plain = giving.till.market.order(&lines);
        plain["fund"] = json!("enterprise");
        let plain = giving.trader().post("/api/v1/orders", plain).expect(201).await.str("/orders/0/id");
        giving.trader().post(&url(&plain, "recipients"), named(other)).refused("validation_failed").await;
    }

    async fn call_offs_and_standing_orders_carry_it(app) {
        let giving = Giving::open(app).await;
        let proposal = json!({ "supplier_id": giving.seller().org_id, "coverage": "own", "number": "捐1号", "from": "2021-03-01",
            "until": "2021-12-31", "notice_days": 0,
            "lines": [{ "listing_id": giving.till.goods, "unit_price_fen": 900, "quantity": "1000" }] });
        let agreement = giving.trader().post("/api/v1/agreements", proposal).expect(201).await.id();
        let accepted = json!({ "revision": 1, "decision": "accept" });
        giving.seller().post(&format!("/api/v1/agreements/{agreement}/answers"), accepted).expect(200).await;
        let mut body = giving.order(&[], Some(school()));
        body["lines"] = json!([{ "line_no": 1, "quantity": "2" }]);
        let called = giving.trader().post(&format!("/api/v1/agreements/{agreement}/call-offs"), body).expect(201).await;
        let order = giving.trader().get(&format!("/api/v1/orders/{}", called.str("/orders/0/id"))).expect(200).await;
        assert_eq!(order.str("/recipient/name"), "西吉县将台堡镇中心小学");
        // A standing order asks for it when it is made, and gives it to each order.
        let body = json!({ "name": "每周牛奶", "fund": "enterprise", "purpose": "purchase_for_donation", "from": "2021-03-08",
            "until": "2021-04-30", "beneficiary_id": giving.seller().org_id, "recipient": school(),
            "calendar": { "weekdays": [1], "days_off": "after", "lead_days": 3 },
            "deliveries": [{ "address": "将台堡镇", "contact": "王老师", "phone": "0954-3010000" }],
            "lines": [{ "listing_id": giving.till.goods, "quantity": "1" }] });
        let mut wrong = body.clone();
        wrong["recipient"]["region_code"] = Value::Null;
        let refused = giving.trader().post("/api/v1/standing-orders", wrong).refused("validation_failed").await;
        assert_eq!(refused.pointers(), ["/recipient/region_code"]);
        let standing = giving.trader().post("/api/v1/standing-orders", body).expect(201).await.id();
        let shown = giving.trader().get(&format!("/api/v1/standing-orders/{standing}")).expect(200).await;
        assert_eq!(shown.str("/revisions/0/recipient/name"), "西吉县将台堡镇中心小学");
        app.clock.set_day("2021-03-05");
        yigou::agreements::place_due(&app.installation.store.clone(), app.ctx()).await.unwrap();
        let days = giving.trader().get(&format!("/api/v1/standing-orders/{standing}/occurrences")).expect(200).await;
        let order = days.str("/items/0/orders/0");
        let order = giving.trader().get(&format!("/api/v1/orders/{order}")).expect(200).await;
        assert_eq!(order.str("/recipient/contact"), "王老师");
    }
}
