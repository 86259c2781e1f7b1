//! Accounts to which suppliers are paid: two persons, frozen with the contract, told to open buyers; on both databases.

use crate::payments::Till;
use crate::support::TestApp;
use crate::support::mail::received;
use crate::support::market::{COUNTY, confirm};
use crate::support::people::Person;
use serde_json::{Value, json};
use std::time::Duration;
use yigou::kernel::actor::{OrgKind, Role};
use yigou::kernel::ids::OrgId;

fn accounts(org: OrgId) -> String {
    format!("/api/v1/organisations/{org}/payee-accounts")
}

fn body(number: &str, from: Option<&str>) -> Value {
    let mut body = json!({ "holder": "盐池滩羊合作社", "bank": "农业银行盐池支行", "account_number": number });
    if let Some(from) = from {
        body["valid_from"] = json!(from);
    }
    body
}

async fn proposed(who: &Person, number: &str, from: Option<&str>) -> String {
    who.post(&accounts(who.org_id), body(number, from)).expect(201).await.id()
}

fn confirmation(who: &Person, org: OrgId, account: &str) -> crate::support::Ask {
    who.request(actix_web::http::Method::POST, &format!("{}/{account}/confirmations", accounts(org)))
}

/// The payee as somebody sees it with an order.
async fn payee(who: &Person, order: &str) -> Value {
    who.get(&format!("/api/v1/orders/{order}")).expect(200).await.json()["payee"].clone()
}

/// The texts of the mails about changed accounts that were handed over to the mail server for a person.
fn warnings(person: &Person) -> Vec<String> {
    let texts = received(&person.email).into_iter().map(|mail| mail.text());
    texts.filter(|text| text.contains("不要仅凭电话")).collect()
}

/// Events about changed accounts that somebody sees; what a job wrote gets its place in the feed a moment later.
async fn told(app: &TestApp, who: &Person) -> usize {
    app.clock.advance(Duration::from_secs(1));
    app.run_jobs().await;
    let events = who.get("/api/v1/events?after=0&limit=200").expect(200).await;
    events.text().matches("payee.changed").count()
}

on_both! {
    async fn two_persons_change_where_money_goes(app) {
        let seller = app.new_person(OrgKind::Cooperative, COUNTY, &[Role::Seller]).await;
        let operator = app.new_person(OrgKind::Operator, "640000", &[Role::OrgAdmin]).await;
        let org = seller.org_id;
        // Spaces are left out; what is no number or no day is refused.
        let account = proposed(&seller, "6228 4804-0256 4890", None).await;
        for (number, from, pointer) in [("11111111", None, "/account_number"), ("12345678", Some("2021-02-28"), "/valid_from"), ("12345678", Some("2022-03-03"), "/valid_from")] {
            let refused = seller.post(&accounts(org), body(number, from)).refused("validation_failed").await;
            assert_eq!(refused.pointers(), [pointer]);
        }
        confirmation(&seller, org, &account).refused("separation_of_duties").await;
        let waiting = seller.get(&accounts(org)).expect(200).await;
        assert_eq!((waiting.str("/items/0/state"), waiting.str("/items/0/account_number")), ("proposed".to_owned(), "6228480402564890".to_owned()));
        assert_eq!(waiting.json()["items"][0]["holder_differs"], json!(true));
        // Alone: the operator confirms. With a second member who may, that one does.
        let done = confirmation(&operator, org, &account).expect(200).await.json();
        assert_eq!((done["state"].clone(), done["in_force"].clone(), done["confirmed_by"].clone()), (json!("confirmed"), json!(true), json!(operator.user_id)));
        confirmation(&operator, org, &account).refused("wrong_state").await;
        let reader = app.person(org, &[Role::Auditor]).await;
        let next = proposed(&seller, "22345678", Some("2021-04-01")).await;
        confirmation(&reader, org, &next).refused("forbidden").await;
        let second = app.person(org, &[Role::OrgAdmin]).await;
        confirmation(&operator, org, &next).refused("forbidden").await;
        // Another proposal takes its place, and only what is proposed is confirmed.
        let later = proposed(&second, "32345678", Some("2021-03-10")).await;
        confirmation(&second, org, &next).refused("wrong_state").await;
        confirmation(&seller, org, &later).expect(200).await;
        let in_force = async || -> Vec<String> {
            let listed = reader.get(&accounts(org)).expect(200).await.json();
            let held = listed["items"].as_array().unwrap().iter().filter(|item| item["in_force"] == true);
            held.map(|item| item["account_number"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(in_force().await, ["6228480402564890"]);
        app.clock.set_day("2021-03-10");
        assert_eq!(in_force().await, ["32345678"]);
        // A confirmation never reaches back.
        let late = proposed(&seller, "42345678", Some("2021-03-11")).await;
        app.clock.set_day("2021-03-15");
        assert_eq!(confirmation(&second, org, &late).expect(200).await.str("/valid_from"), "2021-03-15");
        assert_eq!(in_force().await, ["42345678"]);
        // Nobody else sees them.
        let stranger = app.new_person(OrgKind::Cooperative, COUNTY, &[Role::OrgAdmin]).await;
        stranger.get(&accounts(org)).refused("not_found").await;
        confirmation(&stranger, org, &late).refused("not_found").await;
        operator.get(&accounts(org)).expect(200).await;
    }

    async fn of_two_who_propose_at_once_one_waits(app) {
        let seller = app.new_person(OrgKind::Cooperative, COUNTY, &[Role::OrgAdmin, Role::Seller]).await;
        let second = app.person(seller.org_id, &[Role::OrgAdmin]).await;
        for round in 0..4 {
            let asks = [(&seller, "12345678"), (&second, "22345678"), (&seller, "32345678")]
                .map(|(person, number)| person.post(&accounts(seller.org_id), body(&format!("{number}{round}"), None)).send());
            let answers = futures_util::future::join_all(asks).await;
            assert!(answers.iter().all(|answer| answer.status == 201 || answer.json()["code"] == "already_exists"), "{answers:?}");
            let listed = seller.get(&accounts(seller.org_id)).expect(200).await.json();
            let waiting = listed["items"].as_array().unwrap().iter().filter(|item| item["state"] == "proposed").count();
            assert_eq!(waiting, 1);
        }
    }

    async fn an_order_keeps_the_account_of_its_contract_and_open_buyers_are_told(app) {
        let till = Till::open(app).await;
        let org = till.seller().org_id;
        let second = app.person(org, &[Role::OrgAdmin]).await;
        let bare = till.accepted("1").await;
        till.pay(&bare, 1000).await;
        assert_eq!(payee(&till.payer, &bare).await, Value::Null);
        let first = proposed(till.seller(), "12345678", None).await;
        confirmation(&second, org, &first).expect(200).await;
        app.run_jobs().await;
        let waiting = till.market.place(&[(till.goods, "1")]).await;
        assert_eq!(payee(&till.payer, &waiting).await, Value::Null);
        confirm(till.seller(), &waiting).expect(200).await;
        let (open, paid) = (till.accepted("1").await, till.accepted("2").await);
        till.pay(&paid, 2000).await;
        let done = Till { market: till.market.of_unit(app).await, ..till.clone() }.paid_by_its_unit(app).await;
        let closed = done.accepted("1").await;
        done.pay(&closed, 1000).await;
        for person in [&till.payer, &till.market.trader, &done.payer] {
            app.reachable(person).await;
        }
        let auditor = app.new_person(OrgKind::FinanceBureau, "640100", &[Role::Auditor]).await;
        assert_eq!(payee(&auditor, &open).await, Value::Null);
        let shown = json!({ "account_id": first, "holder": "盐池滩羊合作社", "bank": "农业银行盐池支行", "account_number": "12345678", "newer_since": null });
        for who in [&till.payer, till.seller(), &till.market.trader] {
            assert_eq!(payee(who, &open).await, shown);
        }
        // A change is told on its first day, to who has an open order, once each.
        let next = proposed(&second, "98765432", Some("2021-03-05")).await;
        confirmation(till.seller(), org, &next).expect(200).await;
        app.clock.set_day("2021-03-05");
        assert_eq!(warnings(&till.payer).len(), 0);
        app.run_jobs().await;
        app.run_jobs().await;
        assert_eq!([&till.payer, &till.market.trader, &done.payer].map(|who| warnings(who).len()), [1, 1, 0]);
        let text = warnings(&till.payer).remove(0);
        assert!(text.contains("2 个未付清的订单") && !text.contains("98765432"), "{text}");
        let kept = payee(&till.payer, &open).await;
        assert_eq!((kept["account_number"].clone(), kept["newer_since"].clone()), (json!("12345678"), json!("2021-03-05")));
        let fresh = till.accepted("1").await;
        assert_eq!((payee(&till.payer, &fresh).await["account_number"].clone(), payee(&till.payer, &bare).await), (json!("98765432"), Value::Null));
        assert_eq!(told(app, &till.payer).await, 1);
        // What another account replaced before its day is told to nobody.
        let (a, b) = (proposed(&second, "55555556", Some("2021-03-20")).await, "2021-03-20");
        confirmation(till.seller(), org, &a).expect(200).await;
        let c = proposed(&second, "66666667", Some(b)).await;
        app.clock.advance(Duration::from_secs(60));
        confirmation(till.seller(), org, &c).expect(200).await;
        app.clock.set_day(b);
        app.run_jobs().await;
        assert_eq!(told(app, &till.payer).await, 2);
    }
}
