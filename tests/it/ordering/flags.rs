//! Confirmed, unshipped goods whose certificate was suspended or revoked: flagged to the buyer, and cleared again.

use super::standing::{Certified, certified_goods};
use super::url;
use crate::support::TestApp;
use crate::support::mail::received;
use crate::support::market::confirm;
use crate::support::people::Person;
use serde_json::{Value, json};

async fn flags(who: &Person, order: &str) -> Vec<Value> {
    let shown = who.get(&format!("/api/v1/orders/{order}")).expect(200).await.json();
    shown["flags"].as_array().unwrap().clone()
}

/// What the feed tells somebody of an order's flags.
async fn told(who: &Person, order: &str) -> Vec<(String, Value)> {
    let feed = who.get("/api/v1/events?after=0&limit=200").expect(200).await.json();
    let of_order = feed["items"].as_array().unwrap().iter().filter(|event| event["subject"] == json!(order));
    let flags = of_order.filter(|event| event["action"].as_str().unwrap().starts_with("order.flag"));
    flags.map(|event| (event["action"].as_str().unwrap().to_owned(), event["details"]["lines"].clone())).collect()
}

/// Carries out what is due, and what follows from it; the feed gives its positions last.
async fn quiet(app: &TestApp) {
    app.run_jobs().await;
    app.clock.advance(std::time::Duration::from_secs(1));
    app.run_jobs().await;
}

async fn ship(seller: &Person, order: &str, line: i64, quantity: &str) {
    let lines = json!([{ "line_no": line, "lot": "A", "quantity": quantity }]);
    seller.post(&url(order, "shipments"), json!({ "lines": lines })).expect(201).await;
}

/// Two certified goods of a seller in one confirmed order, and an order whose goods have left.
async fn two_orders(app: &TestApp, it: &Certified) -> (String, String) {
    let (good, _) = certified_goods(app, &it.offices, &it.seller, "红寺堡黄花菜").await;
    let mixed = it.market.place(&[(good, "6"), (it.listing, "5")]).await;
    let left = it.market.place(&[(it.listing, "3")]).await;
    for order in [&mixed, &left] {
        confirm(&it.seller, order).expect(200).await;
    }
    ship(&it.seller, &left, 1, "3").await;
    (mixed, left)
}

on_both! {
    async fn a_suspension_flags_what_is_not_shipped_until_it_ends(app) {
        let it = Certified::open(app).await;
        app.reachable(&it.market.trader).await;
        let (trader, seller) = (&it.market.trader, &it.seller);
        let (mixed, left) = two_orders(app, &it).await;
        assert!(flags(trader, &mixed).await.is_empty());
        let until = app.ctx().at.day().plus_days(2);
        let body = json!({ "reason_code": "quality", "reason": "抽检", "until": until });
        it.offices.county.post(&format!("/api/v1/certificates/{}/suspensions", it.number), body).expect(200).await;
        let since = app.ctx().at;
        quiet(app).await;
        for who in [trader, seller] {
            let shown = flags(who, &mixed).await;
            assert_eq!(shown.len(), 1, "{shown:?}");
            let flag = &shown[0];
            assert_eq!((&flag["line_no"], &flag["certificate_number"], &flag["status"]), (&json!(2), &json!(it.number), &json!("suspended")));
            assert_eq!((&flag["suspended_until"], &flag["reason_code"], &flag["safety"]), (&json!(until), &json!("quality"), &json!(false)));
            assert_eq!((&flag["may"], &flag["since"]), (&json!(["wait", "reject"]), &json!(since)));
            assert_eq!(told(who, &mixed).await, [("order.flagged".to_owned(), json!([2]))]);
        }
        assert!(flags(trader, &left).await.is_empty() && told(trader, &left).await.is_empty());
        let mails = |word: &'static str| received(&trader.email).iter().filter(|mail| mail.text().contains(word)).count();
        assert_eq!(mails("已暂停"), 1);
        trader.post(&url(&mixed, "cancellations"), json!({ "reason": "不等了" })).refused("wrong_state").await;
        app.clock.set_day(&until.plus_days(1).to_string());
        quiet(app).await;
        assert!(flags(trader, &mixed).await.is_empty());
        let both = [("order.flagged".to_owned(), json!([2])), ("order.flag_cleared".to_owned(), json!([2]))];
        assert_eq!(told(trader, &mixed).await, both);
        assert_eq!(mails("暂停已结束"), 1);
        ship(seller, &mixed, 2, "5").await;
    }

    async fn a_revocation_takes_the_place_of_a_suspension_and_is_never_cleared(app) {
        let it = Certified::open(app).await;
        let trader = &it.market.trader;
        let (mixed, _) = two_orders(app, &it).await;
        it.rule("suspensions", "quality").await;
        quiet(app).await;
        it.rule("revocations", "food_safety").await;
        quiet(app).await;
        let shown = flags(trader, &mixed).await;
        assert_eq!((shown.len(), &shown[0]["status"], &shown[0]["may"]), (1, &json!("revoked"), &json!(["cancel", "reject"])));
        assert_eq!(told(trader, &mixed).await.len(), 2);
        // What is offered can be done; what was written off is flagged no more.
        trader.post(&url(&mixed, "cancellations"), json!({ "reason": "检出农药" })).expect(200).await;
        assert!(flags(trader, &mixed).await.is_empty());
    }

    async fn a_confirmation_tells_of_a_certificate_that_ended_before_it(app) {
        // An eligible product may be sold without the certificate that it was ordered with.
        let (offices, seller, _, listing, number) = crate::certification::safety::lamb(app).await;
        let market = crate::support::market::Market::open(app, 0).await;
        let order = market.place(&[(listing.parse().unwrap(), "2")]).await;
        offices.county.post(&format!("/api/v1/certificates/{number}/suspensions"), json!({ "reason_code": "price" })).expect(200).await;
        confirm(&seller, &order).expect(200).await;
        let shown = flags(&market.trader, &order).await;
        assert_eq!((shown.len(), &shown[0]["status"], &shown[0]["may"]), (1, &json!("suspended"), &json!(["wait", "reject"])));
        quiet(app).await;
        assert_eq!(told(&market.trader, &order).await.len(), 1);
        // The days of a suspended certificate end: nothing is left to wait for, and the goods were sold in time.
        app.clock.set_day("2022-12-31");
        quiet(app).await;
        assert!(flags(&market.trader, &order).await.is_empty());
    }
}
